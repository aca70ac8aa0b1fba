// A model API that answers what a test tells it to, in pieces, whatever it is asked.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { sleep, systemClock } from "@aimo-network/protocol/clock";

/** A running model API. */
export interface ToldModel {
  /** Its base URL. */
  readonly url: string;
  /** What it answers from now on. */
  says: string;
  /** What it thinks before it answers; nothing unless told. */
  thinks: string;
  /** What it fails with after what it says; undefined where it ends well. */
  fails: string | undefined;
  close(): Promise<void>;
}

const PIECE_CHARS = 16_384;
const FAILS_AFTER_MS = 200; // or whoever reads both at once shows nothing of what it said
const USAGE = { prompt_tokens: 3, completion_tokens: 6, total_tokens: 9 };

function* pieces(text: string): Iterable<string> {
  for (let at = 0; at < text.length; at += PIECE_CHARS) yield text.slice(at, at + PIECE_CHARS);
}

/** Starts it on a free port. */
export async function startToldModel(): Promise<ToldModel> {
  const about = { id: "chatcmpl-1", created: 1, model: "told", object: "chat.completion.chunk" };
  const event = (delta: object, reason: string | null = null): string =>
    `data: ${JSON.stringify({ ...about, choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      for (const piece of pieces(model.thinks)) response.write(event({ reasoning_content: piece }));
      for (const piece of pieces(model.says)) response.write(event({ role: "assistant", content: piece }));
      if (model.fails !== undefined) {
        const failure = `data: ${JSON.stringify({ error: { message: model.fails, code: 500 } })}\n\n`;
        void sleep(systemClock, FAILS_AFTER_MS).then(() => response.end(failure));
        return;
      }
      response.write(event({}, "stop"));
      response.end(`data: ${JSON.stringify({ ...about, choices: [], usage: USAGE })}\n\ndata: [DONE]\n\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const model: ToldModel = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    says: "",
    thinks: "",
    fails: undefined,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return model;
}
