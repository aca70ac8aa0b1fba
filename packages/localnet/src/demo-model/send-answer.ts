// Sending an answer the way its conduct says: a stream or one body, whole, stalled, cut or broken off by an error.

import { type Clock, sleep } from "@aimo-network/protocol/clock";

import { answerEvents } from "./answer-events.ts";
import { answerJson } from "./answer-json.ts";
import type { ChatAnswer } from "./chat-answer.ts";
import type { Conduct } from "./conduct.ts";
import { ERROR_IN_200 } from "./faults.ts";
import type { Recipient } from "./recipient.ts";
import { untilGone, writeParts, writeThrough } from "./reply-writer.ts";

const COMMENT = ": the name of the model asks for comments\n\n";

/** What a stream needs to know beyond its answer. */
export interface StreamOptions {
  readonly includeUsage: boolean;
  /** Milliseconds between events where the model name asks for no pace of its own. */
  readonly chunkDelayMs: number;
}

function* withManners(events: Iterable<string>, { comments, crlf }: Conduct): Generator<string> {
  for (const event of events) {
    const full = comments ? COMMENT + event : event;
    yield crlf ? full.replaceAll("\n", "\r\n") : full;
  }
}

function* allEvents(answer: ChatAnswer, conduct: Conduct, includeUsage: boolean): Generator<string> {
  yield* answerEvents(answer, conduct, includeUsage);
  if (conduct.interruption?.kind === "error") yield `data: ${ERROR_IN_200}\n\n`;
}

async function stallOrCut({ cut, gone }: Recipient, kind: "stall" | "cut"): Promise<void> {
  if (kind === "cut") cut();
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
  recipient.begin(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
  if (conduct.firstEventDelayMs > 0) {
    reply.flushHeaders();
    await sleep(clock, conduct.firstEventDelayMs, gone);
  }
  const kind = conduct.interruption?.kind;
  const breaksOff = kind === "stall" || kind === "cut";
  const events = allEvents(answer, conduct, includeUsage);
  const parts = conduct.comments || conduct.crlf ? withManners(events, conduct) : events;
  const manner = { paceMs: conduct.paceMs ?? chunkDelayMs, split: conduct.split, flush: breaksOff };
  await writeParts(reply, parts, manner, clock, gone);
  if (breaksOff) await stallOrCut(recipient, kind);
  else reply.end();
}

/** Sends `answer` as one JSON body; resolves when it has been written, or its client has left. */
export async function sendJson(
  clock: Clock,
  recipient: Recipient,
  answer: ChatAnswer,
  conduct: Conduct,
): Promise<void> {
  const { reply, gone } = recipient;
  const kind = conduct.interruption?.kind;
  const text = kind === "error" ? ERROR_IN_200 : answerJson(answer, conduct);
  const body = Buffer.from(text);
  const length = conduct.split ? {} : { "content-length": body.length }; // only a chunked body shows single writes
  recipient.begin(200, { "content-type": "application/json", ...length });
  if (kind === "stall" || kind === "cut") {
    await writeThrough(reply, body.subarray(0, body.length >> 1), gone);
    await stallOrCut(recipient, kind);
  } else if (conduct.split) {
    await writeParts(reply, [text], { paceMs: 0, split: true, flush: true }, clock, gone);
    reply.end();
  } else {
    reply.end(body);
  }
}
