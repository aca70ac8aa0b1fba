// The smallest model API there is, and the config that sells it for nothing: what a packed proxy is tried with.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A running model API. */
export interface PlainModel {
  /** What it answers, whatever it is asked. */
  readonly says: string;
  /** The config of a proxy that sells it at the router given, with the key that AIMO_PROVIDER_KEY holds. */
  configFor(routerUrl: string): string;
  close(): Promise<void>;
}

const SAYS = "Hello from a plain model.";
const USAGE = { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 };
const ABOUT = { id: "chatcmpl-1", created: 1, model: "plain" };

function jsonAnswer(): string {
  const message = { role: "assistant", content: SAYS };
  const choices = [{ index: 0, message, finish_reason: "stop" }];
  return JSON.stringify({ ...ABOUT, object: "chat.completion", choices, usage: USAGE });
}

function streamedAnswer(): string {
  const about = { ...ABOUT, object: "chat.completion.chunk" };
  const events = [
    { ...about, choices: [{ index: 0, delta: { role: "assistant", content: SAYS }, finish_reason: null }] },
    { ...about, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    { ...about, choices: [], usage: USAGE },
  ];
  return [...events.map((event) => `data: ${JSON.stringify(event)}\n\n`), "data: [DONE]\n\n"].join("");
}

/** Starts it on a free port. */
export async function startPlainModel(): Promise<PlainModel> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => (body += piece));
    request.on("end", () => {
      const isStream = /"stream"\s*:\s*true/.test(body);
      response.writeHead(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
      response.end(isStream ? streamedAnswer() : jsonAnswer());
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    says: SAYS,
    configFor: (routerUrl) => `[router]
url = "${routerUrl}"
api_key = "std::env::AIMO_PROVIDER_KEY"

[[models]]
name = "plain"
display_name = "Plain"
provider_name = "acme"
context_length = 8192
[models.pricing]
prompt = 0
completion = 0
[models.params]
model = "plain"
api_base = "http://127.0.0.1:${port}/v1"
api_key = "none"
`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
