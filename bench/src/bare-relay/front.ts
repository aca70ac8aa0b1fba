// The yardstick's front: the least there is between a client and a provider's link. No keys, no checks, no metering, no flow control.
import type { ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import type { AnswerPart, Asked } from "./messages.ts";

const KEEP_ALIVE_MS = 120_000; // no connection of a measurement closes while it pauses

const waiting = new Map<number, ServerResponse>();
let lastId = 0;
let link: WebSocket | undefined;

const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
  const pieces: Buffer[] = [];
  request.on("data", (piece: Buffer) => pieces.push(piece));
  request.on("end", () => {
    lastId += 1;
    waiting.set(lastId, response);
    const body = JSON.parse(Buffer.concat(pieces).toString()) as object;
    const asked: Asked = { id: lastId, agent: request.headers["user-agent"] ?? "", body };
    link?.send(JSON.stringify(asked));
  });
});

function pass({ id, status, type, text, isLast }: AnswerPart): void {
  const response = waiting.get(id);
  if (response === undefined) return;
  if (status !== undefined) response.writeHead(status, { "content-type": type ?? "application/json" });
  if (!isLast) {
    if (text !== "") response.write(text);
    return;
  }
  waiting.delete(id);
  response.end(text);
}

new WebSocketServer({ server, perMessageDeflate: false }).on("connection", (socket) => {
  link = socket;
  socket.on("message", (message: Buffer) => pass(JSON.parse(message.toString()) as AnswerPart));
  process.stdout.write(`${JSON.stringify({ linked: true })}\n`);
});
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` })}\n`);
});
process.on("SIGTERM", () => process.exit(0));
