// A model API that refuses the first call of each model: what clients that try again are for.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A running busy upstream. */
export interface BusyUpstream {
  /** Its base URL, as a provider's `api_base`. */
  readonly url: string;
  /** Every call's model, in order. */
  readonly calls: readonly string[];
  close(): Promise<void>;
}

const ANSWER = JSON.stringify({
  choices: [{ message: { role: "assistant", content: "Now I have time." }, finish_reason: "stop" }],
  usage: { prompt_tokens: 1, completion_tokens: 5 },
});

function refusal(status: number): string {
  return JSON.stringify({ error: { message: "Busy.", type: "server_error", param: null, code: String(status) } });
}

/** Starts it; the first call of a model such as `busy-429` gets the status in its name, every other call an answer. */
export async function startBusyUpstream(): Promise<BusyUpstream> {
  const calls: string[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { model } = JSON.parse(body) as { model: string };
      const status = calls.includes(model) ? 200 : Number(/\d{3}/.exec(model)?.[0] ?? 200);
      calls.push(model);
      response.writeHead(status, { "content-type": "application/json", "retry-after": "0" });
      return response.end(status === 200 ? ANSWER : refusal(status));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref(); // a test file whose network does not start ends nevertheless
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}
