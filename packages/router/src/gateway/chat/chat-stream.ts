// The client's side of a streamed answer: held back until there is output, kept alive, and ended in-band.
import type { ServerResponse } from "node:http";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { ANSWER_UNCOUNTED_BYTES, HOLD_BACK_MS, KEEP_ALIVE_COMMENT_MS } from "../../limits.ts";
import type { AnswerEvent } from "../../providers/answer-event.ts";
import type { ByteBudget } from "../../providers/byte-budget.ts";
import type { Envelope, IntroducedChoices } from "./chat-answer.ts";
import { chunkJson, errorChunkJson, lastChunkJson } from "./chat-answer.ts";
import { cutWhenStalled, UnreadAnswer } from "../unread-answers.ts";

/** A stream of events to one client. */
export interface ChatStream {
  /** Whether the client has its status, or output waits to be written: failures can only be told in-band. */
  isOpen(): boolean;
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
  answerBytes: ByteBudget,
  response: ServerResponse,
  opening: () => Readonly<Record<string, number | string | string[] | undefined>>,
): ChatStream {
  let isOpen = false;
  let gathered = "";
  const unread = new UnreadAnswer(answerBytes, response);
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
    cutWhenStalled(response);
    if (response.writableLength > ANSWER_UNCOUNTED_BYTES) unread.wait();
  };
  return {
    isOpen: () => isOpen || gathered !== "",
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
      if (!keepsUp) unread.wait(resume);
      return keepsUp;
    },
    end(envelope, usage) {
      const last = lastChunkJson(envelope, usage);
      close(`${last === undefined ? "" : `data: ${last}\n\n`}data: [DONE]\n\n`);
    },
    fail: (envelope, error) => close(`data: ${errorChunkJson(envelope, error)}\n\n`),
    abandon() {
      stopTimer();
      if (isOpen) response.destroy();
    },
  };
}
