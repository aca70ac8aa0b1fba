// Sending an answer the way its conduct says: a stream or one body, whole, stalled, cut or broken off by an error.

import { gzipSync } from "node:zlib";

import { type Clock, sleep } from "@aimo-network/protocol/clock";

import { endEvents, tokenEvents } from "./answer-events.ts";
import { answerJson } from "./answer-json.ts";
import type { ChatAnswer } from "./chat-answer.ts";
import type { Conduct } from "./conduct.ts";
import { ERROR_IN_200 } from "./faults.ts";
import type { Recipient } from "./recipient.ts";
import { untilGone, writeParts, writeThrough } from "./reply-writer.ts";

const ZIPPED = { "content-encoding": "gzip" };
const COMMENT = ": the name of the model asks for comments\n\n";

/** What a stream needs to know beyond its answer. */
export interface StreamOptions {
  readonly includeUsage: boolean;
  /** Milliseconds between events where the model name asks for no pace of its own. */
  readonly chunkDelayMs: number;
}

function* restyled(events: Iterable<string>, { comments, crlf }: Conduct): Generator<string> {
  for (const event of events) {
    const full = comments ? COMMENT + event : event;
    yield crlf ? full.replaceAll("\n", "\r\n") : full;
  }
}

function withManners(events: Iterable<string>, conduct: Conduct): Iterable<string> {
  return conduct.comments || conduct.crlf ? restyled(events, conduct) : events;
}

function* lastEvents(answer: ChatAnswer, conduct: Conduct, includeUsage: boolean): Generator<string> {
  yield* endEvents(answer, conduct, includeUsage);
  if (conduct.interruption?.kind === "error") yield `data: ${ERROR_IN_200}\n\n`;
}

function* join(...lists: Iterable<string>[]): Generator<string> {
  for (const list of lists) yield* list;
}

/** How the connection goes on once everything has been written. */
function closingOf({ interruption, cutsAtFinish, lingers }: Conduct): "end" | "stall" | "cut" {
  if (cutsAtFinish || interruption?.kind === "cut") return "cut";
  return lingers || interruption?.kind === "stall" ? "stall" : "end";
}

async function close({ reply, cut, gone }: Recipient, closing: "end" | "stall" | "cut"): Promise<void> {
  if (closing === "end") reply.end();
  else if (closing === "cut") cut();
  else await untilGone(gone);
}

/** Streams `answer`; resolves when it has been written, or its client has left. */
export async function sendStream(
  clock: Clock,
  recipient: Recipient,
  answer: ChatAnswer,
  conduct: Conduct,
  { includeUsage, chunkDelayMs }: StreamOptions,
): Promise<void> {
  const { reply, gone } = recipient;
  const { firstEventDelayMs, pauseMs, streamType, gzip } = conduct;
  const type = streamType === undefined ? {} : { "content-type": streamType };
  recipient.begin(200, { ...type, ...(gzip && ZIPPED), "cache-control": "no-cache" });
  if (firstEventDelayMs > 0) {
    reply.flushHeaders();
    await sleep(clock, firstEventDelayMs, gone);
  }
  const tokens = withManners(tokenEvents(answer, conduct, includeUsage), conduct);
  const last = withManners(lastEvents(answer, conduct, includeUsage), conduct);
  if (gzip) {
    reply.end(gzipSync([...tokens, ...last].join("")));
    return;
  }
  const closing = closingOf(conduct);
  const { split, bytePaceMs } = conduct;
  const manner = { paceMs: conduct.paceMs ?? chunkDelayMs, split, bytePaceMs, flush: closing !== "end" };
  if (pauseMs > 0) {
    await writeParts(reply, tokens, manner, clock, gone);
    await sleep(clock, pauseMs, gone);
    await writeParts(reply, last, manner, clock, gone);
  } else await writeParts(reply, join(tokens, last), manner, clock, gone);
  await close(recipient, closing);
}

/** Keeps a connection alive without ever answering; resolves when its client has left. */
export async function sendKeepAlives(
  clock: Clock,
  { reply, begin, gone }: Recipient,
  everyMs: number,
  isStream: boolean,
): Promise<void> {
  begin(200, { "content-type": isStream ? "text/event-stream" : "application/json" });
  while (!gone.aborted) {
    await writeThrough(reply, isStream ? ": still here\n\n" : " ", gone);
    await sleep(clock, everyMs, gone);
  }
}

/** Sends `answer` as one JSON body; resolves when it has been written, or its client has left. */
export async function sendJson(
  clock: Clock,
  recipient: Recipient,
  answer: ChatAnswer,
  conduct: Conduct,
): Promise<void> {
  const { reply, gone } = recipient;
  const { interruption, split, bytePaceMs, lingers, gzip } = conduct;
  const text = interruption?.kind === "error" ? ERROR_IN_200 : answerJson(answer, conduct);
  const body = gzip ? gzipSync(text) : Buffer.from(text);
  // Only a chunked body shows single writes, or leaves open whether it has ended.
  const length = split || lingers ? {} : { "content-length": body.length };
  recipient.begin(200, { "content-type": "application/json", ...(gzip && ZIPPED), ...length });
  const closing = closingOf(conduct);
  if (closing === "end" && !split) {
    reply.end(body);
    return;
  }
  if (split) await writeParts(reply, [text], { paceMs: 0, split, bytePaceMs, flush: true }, clock, gone);
  else await writeThrough(reply, lingers ? body : body.subarray(0, body.length >> 1), gone);
  await close(recipient, closing);
}
