// The client's side of a streamed answer: held back until there is output, kept alive, and ended in-band.
import type { ServerResponse } from "node:http";
import type { Clock } from "@aimo-network/protocol/clock";
import { ANSWER_UNCOUNTED_BYTES, HOLD_BACK_MS, KEEP_ALIVE_COMMENT_MS } from "../../limits.ts";
import type { AnswerEvent } from "../../providers/answer-event.ts";
import type { ByteBudget } from "../../providers/byte-budget.ts";
import { Silence } from "../../providers/silence.ts";
import type { Envelope } from "./chat-answer.ts";
import { errorChunkJson, lastChunkJson } from "./chat-answer.ts";
import type { Headers } from "./event-body.ts";
import { EventBody } from "./event-body.ts";
import { createEventTexts } from "./event-text.ts";
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
  opening: () => Headers,
): ChatStream {
  const body = new EventBody(response, opening);
  let gathered = "";
  let isWriting = false;
  const unread = new UnreadAnswer(answerBytes, response);
  const textOf = createEventTexts();
  const write = (): boolean => {
    isWriting = false;
    if (gathered === "") return true;
    const keepsUp = body.write(gathered);
    gathered = "";
    return keepsUp;
  };
  /** Events that come in one turn of the event loop are one chunk. */
  const writeSoon = (): void => {
    if (isWriting) return;
    isWriting = true;
    process.nextTick(write);
  };
  const keepAlive = (): void => {
    body.open();
    if (!response.destroyed && response.writableLength === 0) body.write(": AIMO PROCESSING\n\n");
    silence = new Silence(clock, KEEP_ALIVE_COMMENT_MS, keepAlive);
  };
  let silence = new Silence(clock, HOLD_BACK_MS, keepAlive);
  const close = (last: string): void => {
    silence.cancel();
    body.open();
    body.end(gathered + last);
    gathered = "";
    if (response.writableLength === 0) return; // all of it is on its way, as nearly always
    cutWhenStalled(response);
    if (response.writableLength > ANSWER_UNCOUNTED_BYTES) unread.wait();
  };
  return {
    isOpen: () => body.isOpen || gathered !== "",
    event: (event, envelope) => void (gathered += textOf(event, envelope)),
    flush(resume) {
      if (gathered === "") return true;
      body.open();
      silence.break();
      if (response.writableLength + gathered.length < response.writableHighWaterMark) {
        writeSoon();
        return true;
      }
      const keepsUp = write();
      if (!keepsUp) unread.wait(resume);
      return keepsUp;
    },
    end(envelope, usage) {
      const last = lastChunkJson(envelope, usage);
      close(`${last === undefined ? "" : `data: ${last}\n\n`}data: [DONE]\n\n`);
    },
    fail: (envelope, error) => close(`data: ${errorChunkJson(envelope, error)}\n\n`),
    abandon() {
      silence.cancel();
      gathered = "";
      if (body.isOpen) response.destroy();
    },
  };
}
