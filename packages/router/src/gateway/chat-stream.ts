// The client's side of a streamed answer: held back until there is output, kept alive, and ended in-band.
import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { HOLD_BACK_MS, KEEP_ALIVE_COMMENT_MS } from "../limits.ts";
import type { AnswerEvent } from "../providers/answer-event.ts";
import type { Envelope, IntroducedChoices } from "./chat-answer.ts";
import { chunkJson, errorChunkJson, usageChunkJson } from "./chat-answer.ts";

/** A stream of events to one client. */
export interface ChatStream {
  /** Whether the client has its status already, so that failures can only be told in-band. */
  readonly isOpen: boolean;
  event(event: AnswerEvent, envelope: Envelope): void;
  /** Writes what has gathered; false, with `resume` called later, when the client does not keep up. */
  flush(resume: () => void): boolean;
  /** Ends a whole answer; `usage` is JSON text, undefined where the provider reported none. */
  end(envelope: Envelope, usage: string | undefined): void;
  /** Ends a broken answer with one event and no `[DONE]`. */
  fail(envelope: Envelope, error: object): void;
  /** Ends without a word: the reply is sent some other way, or the client has left. */
  abandon(): void;
}

/** Creates the stream; `opening` gives the headers of its status, as soon as there is something to show or after ten seconds. */
export function createChatStream(
  clock: Clock,
  response: ServerResponse,
  opening: () => Readonly<Record<string, number | string | string[] | undefined>>,
): ChatStream {
  let isOpen = false;
  let gathered = "";
  let isBehind = false;
  const introduced: IntroducedChoices = new Set();
  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    for (const [name, value] of Object.entries(opening())) if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-cache, no-transform",
      "x-accel-buffering": "no",
    });
  };
  const keepAlive = (): void => {
    open();
    if (!response.destroyed && response.writableLength === 0) response.write(": AIMO PROCESSING\n\n");
    timer = clock.timer(KEEP_ALIVE_COMMENT_MS, keepAlive);
  };
  let timer: Timer | undefined = clock.timer(HOLD_BACK_MS, keepAlive);
  const stopTimer = (): void => {
    timer?.cancel();
    timer = undefined;
  };
  const close = (last: string): void => {
    stopTimer();
    open();
    response.end(gathered + last);
    gathered = "";
  };
  return {
    get isOpen() {
      return isOpen;
    },
    event(event, envelope) {
      const text = chunkJson(event, envelope, introduced);
      if (text !== undefined) gathered += `data: ${text}\n\n`;
    },
    flush(resume) {
      if (gathered === "") return true;
      open();
      timer?.refresh();
      const keepsUp = response.write(gathered);
      gathered = "";
      if (!keepsUp && !isBehind) {
        isBehind = true;
        response.once("drain", () => {
          isBehind = false;
          resume();
        });
      }
      return keepsUp;
    },
    end: (envelope, usage) =>
      close(`${usage === undefined ? "" : `data: ${usageChunkJson(envelope, usage)}\n\n`}data: [DONE]\n\n`),
    fail: (envelope, error) => close(`data: ${errorChunkJson(envelope, error)}\n\n`),
    abandon() {
      stopTimer();
      if (isOpen) response.destroy();
    },
  };
}
