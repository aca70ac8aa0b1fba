// The yardstick's front: the least there is between a client and a provider's link. No keys, no checks, no metering, no flow control.
import type { ServerResponse } from "node:http";
import type { WebSocket } from "ws";
import { WebSocketServer } from "ws";
import { startKeptServer } from "../kept-server.ts";
import type { AnswerPart, Asked } from "./messages.ts";
import { LINKED } from "./messages.ts";

const waiting = new Map<number, ServerResponse>();
let lastId = 0;
let link: WebSocket | undefined;

const server = startKeptServer((request, response) => {
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
  process.stdout.write(`${LINKED}\n`);
});
