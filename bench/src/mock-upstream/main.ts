// The cheapest model there can be: constant answers from memory, as a process of its own.
import type { IncomingMessage, ServerResponse } from "node:http";
import { startKeptServer } from "../kept-server.ts";
import { readUserAgent } from "./answer-kind.ts";
import { EVENTS, FIRST_EVENT, JSON_ANSWER, LAST_EVENTS, LONG_ANSWER_BYTES, LONG_PIECE } from "./answers.ts";
import { Calls } from "./calls.ts";

const JSON_HEAD = { "content-type": "application/json", "content-length": JSON_ANSWER.length };
const STREAM_HEAD = { "content-type": "text/event-stream" };

const calls = new Calls();

function sendStream(response: ServerResponse): void {
  response.writeHead(200, STREAM_HEAD);
  let next = 0;
  const write = (): void => {
    const event = EVENTS[next];
    next += 1;
    if (event === undefined) {
      response.end(LAST_EVENTS);
      return;
    }
    response.write(event);
    setImmediate(write); // one event a turn: as separate as a fast model's tokens
  };
  write();
}

function sendLong(response: ServerResponse): void {
  response.writeHead(200, STREAM_HEAD);
  let sentBytes = 0;
  const write = (): void => {
    while (sentBytes < LONG_ANSWER_BYTES && !response.destroyed) {
      sentBytes += LONG_PIECE.length;
      if (response.write(LONG_PIECE)) continue;
      response.once("drain", write);
      return;
    }
    response.end(LAST_EVENTS);
  };
  write();
}

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { kind, label } = readUserAgent(request.headers["user-agent"]);
  if (label !== "") {
    calls.arrived(label);
    response.on("close", () => {
      if (!response.writableFinished) calls.closed(label);
    });
  }
  if (kind === "silence") return; // the caller waits until it leaves
  switch (kind) {
    case "stream":
      sendStream(response);
      return;
    case "long":
      sendLong(response);
      return;
    case "one-token":
      response.writeHead(200, STREAM_HEAD).write(FIRST_EVENT);
      return;
    case "json":
      response.writeHead(200, JSON_HEAD).end(JSON_ANSWER);
  }
}

startKeptServer((request, response) => {
  if (request.method === "POST") {
    request.on("end", () => answer(request, response)).resume();
    return;
  }
  // What the bench asks about calls that were cut; asking forgets them when it says so.
  const told = Buffer.from(JSON.stringify(calls.times()));
  if (request.url === "/forget") calls.forget();
  response.writeHead(200, { "content-type": "application/json", "content-length": told.length }).end(told);
});
