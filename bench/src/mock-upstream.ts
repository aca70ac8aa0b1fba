// The cheapest model there can be: constant answers from memory, as a process of its own.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const CHUNKS = 33; // with the one that ends the stream
const JSON_ANSWER = Buffer.from(
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "bench",
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello! How can I help you today?" }, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
  }),
);

function chunk(choice: object, more: object = {}): string {
  const event = {
    id: "chatcmpl-1",
    object: "chat.completion.chunk",
    created: 1,
    model: "bench",
    choices: [choice],
    ...more,
  };
  return `data: ${JSON.stringify(event)}\n\n`;
}

const EVENTS = Array.from({ length: CHUNKS - 1 }, (_, index) =>
  chunk({
    index: 0,
    delta: index === 0 ? { role: "assistant", content: " token" } : { content: ` token${index}` },
    finish_reason: null,
  }),
);
const LAST = `${chunk({ index: 0, delta: {}, finish_reason: "stop" })}${chunk({ index: 0, delta: {} }, { choices: [], usage: { prompt_tokens: 10, completion_tokens: 32, total_tokens: 42 } })}data: [DONE]\n\n`;

const server = createServer((request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    if (!Buffer.concat(pieces).includes('"stream":true')) {
      response
        .writeHead(200, { "content-type": "application/json", "content-length": JSON_ANSWER.length })
        .end(JSON_ANSWER);
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    let next = 0;
    const write = (): void => {
      const event = EVENTS[next];
      next += 1;
      if (event === undefined) response.end(LAST);
      else {
        response.write(event);
        setImmediate(write); // one event a turn: as separate as a fast model's tokens
      }
    };
    write();
  });
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
