// The answer of one attempt as its bytes come in: a stream of events, a JSON answer held until it is whole, or an error.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { SseParser } from "@aimo-network/protocol/sse";
import { createSseParser } from "@aimo-network/protocol/sse";
import type { Usage } from "@aimo-network/protocol/usage";
import type { End, ResponseHead } from "@aimo-network/protocol/wire/messages";
import { ERROR_BODY_BYTES_MAX } from "../limits.ts";
import type { AnswerEvent } from "./answer-event.ts";
import { endsStream, isWholeData, readAnswerEvent, readStreamData } from "./answer-event.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { HeldAnswer } from "./held-answer.ts";
import type { Likeness } from "./like-events.ts";
import { hasLikeness, likenessOf, readLikeEvent } from "./like-events.ts";
import { PassingHash } from "./passing-hash.ts";
import { failureOfStatus } from "./provider-failure.ts";

/** Who listens to an answer. */
export interface AnswerListener {
  event(event: AnswerEvent): void;
  /** Something has come that says the provider is alive. */
  progressed(): void;
  /** A stream has said that it is done. */
  done(): void;
}

/** A whole answer. */
export interface FinishedAnswer {
  readonly usage: Usage | undefined;
  readonly finishReason: string;
  /** The JSON answer, where no stream was asked for. */
  readonly answer: AnswerEvent | undefined;
}

type Reading = "stream" | "json" | "error";

/** The `finish_reason` of an answer that is not whole. */
export const BROKEN_OFF = "error";

/** Events that are looked at for what the next ones will have in common with them: a stream that always differs costs no more. */
const LESSONS_MAX = 16;

/** An answer from its first byte until it is closed. */
export class IncomingAnswer {
  /** The provider's, for the words of errors. */
  readonly #wallet: string;
  readonly #asksForStream: boolean;
  readonly #listener: AnswerListener;
  readonly #held: HeldAnswer;
  /** Of an answer that is not held; the bytes of one that is are hashed at once when it is whole. */
  #hash: PassingHash | undefined;
  #bodyBytes = 0;
  #head: ResponseHead | undefined;
  #reading: Reading = "json";
  /** Reads the events, where the answer is a stream of them. */
  #parser: SseParser | undefined;
  #closed = false;
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #likeness: Likeness | undefined;
  #lessons = 0;

  constructor(wallet: string, asksForStream: boolean, budget: ByteBudget, listener: AnswerListener) {
    this.#wallet = wallet;
    this.#asksForStream = asksForStream;
    this.#listener = listener;
    this.#held = new HeldAnswer(budget, wallet);
  }

  /** Whether it comes as a stream of events. */
  get isStream(): boolean {
    return this.#reading === "stream";
  }

  /** All bytes that have come. */
  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  /** The reason for which a stream has said that it stops. */
  get finishReason(): string | undefined {
    return this.#finishReason;
  }

  /** The last usage that a stream has told. */
  get usage(): Usage | undefined {
    return this.#usage;
  }

  /** Reads the status and the headers. */
  readHead(head: ResponseHead): void {
    this.#head = head;
    const isEvents = /text\/event-stream/i.test(head.headers["content-type"] ?? "text/event-stream");
    if (head.status < 200 || head.status > 299) this.#reading = "error";
    else if (this.#asksForStream && isEvents) {
      this.#reading = "stream";
      this.#parser = createSseParser({ event: (data) => this.#readData(data) });
    } else this.#reading = "json";
  }

  /** Reads a piece; throws the error that it carries, or that it is. Once the answer is closed, bytes are only counted. */
  push(bytes: Uint8Array): void {
    this.#bodyBytes += bytes.length;
    if (this.#reading !== "json") (this.#hash ??= new PassingHash()).add(bytes);
    if (this.#closed) return;
    if (this.#parser === undefined) this.#hold(bytes);
    else this.#parse(this.#parser, bytes);
  }

  /** A stream that has said that it is done; throws `provider_error` where it has not said why it stopped, or that it broke off. */
  finishedStream(): FinishedAnswer {
    if (this.#finishReason !== undefined) {
      return this.#unbroken({ usage: this.#usage, finishReason: this.#finishReason, answer: undefined });
    }
    const detail = "its answer broke off without a finish_reason";
    throw new AimoError("provider_error", { provider: this.#wallet, detail });
  }

  /** The answer of which no more comes; throws the error that it carries, or that it is. */
  finished(): FinishedAnswer {
    if (this.#parser !== undefined) {
      const left = this.#parser.end();
      // Some servers leave out the blank line after their last event: whole as it is, it still counts.
      if (left !== undefined && isWholeData(left)) this.#readData(left);
      return this.finishedStream();
    }
    const provider = this.#wallet;
    const head = this.#head;
    if (head === undefined) throw new AimoError("provider_error", { provider, detail: "it sent no answer" });
    if (this.#reading === "json") return this.#unbroken(this.#readWhole());
    const retryAfter = head.headers["retry-after"];
    throw failureOfStatus(provider, { status: head.status, body: this.#held.text(), retryAfter });
  }

  /** The JSON answer, where it is whole although its end has not been told; undefined for all else. */
  findWhole(): FinishedAnswer | undefined {
    const isJson = this.#reading === "json" && !this.#asksForStream && this.#held.bytes > 0;
    if (!isJson || !this.#held.text().trimEnd().endsWith("}")) return undefined; // as nearly every beginning is
    try {
      return this.#readWhole();
    } catch (error) {
      if (!isAimoError(error)) throw error;
      return undefined; // nobody waits any more to be told what is wrong with it
    }
  }

  /** Whether an End tells of other bytes than those that came; a JSON answer that is closed cannot say. */
  differsFrom(end: End): boolean {
    if (this.#closed && this.#reading === "json") return false;
    return end.body_bytes !== this.#bodyBytes || end.body_sha256 !== this.#sha256();
  }

  /** Gives back what is held: no more of it is read. */
  close(): void {
    this.#closed = true;
    this.#held.clear();
  }

  #parse(parser: SseParser, bytes: Uint8Array): void {
    try {
      parser.push(bytes);
      if (!this.#closed) this.#held.countEvent(parser.heldBytes());
    } catch (error) {
      if (!isAimoError(error, "provider_error")) throw error;
      // The parser of events does not know whose stream it reads: its complaints get this provider's name.
      throw new AimoError("provider_error", { ...error.context, provider: this.#wallet }, { cause: error });
    }
  }

  #hold(piece: Uint8Array): void {
    const isError = this.#reading === "error";
    const bytes = isError ? piece.subarray(0, ERROR_BODY_BYTES_MAX - this.#held.bytes) : piece;
    this.#held.add(bytes);
    if (bytes.length > 0) this.#listener.progressed();
  }

  #readData(data: string): void {
    if (this.#closed || data === "") return; // an empty event is a keep-alive, and as little a sign of life as a comment
    this.#listener.progressed();
    const like = this.#likeness && readLikeEvent(data, this.#likeness);
    if (like !== undefined) {
      this.#listener.event(like);
      return;
    }
    const isEnd = endsStream(data);
    if (!isEnd || data.includes("\n")) {
      for (const event of readStreamData(data, this.#wallet)) this.#readEvent(event);
    }
    if (isEnd) this.#listener.done();
  }

  #readEvent(event: AnswerEvent): void {
    this.#finishReason = event.finishReason ?? this.#finishReason;
    this.#usage = event.usage ?? this.#usage;
    this.#listener.event(event);
    this.#learnFrom(event);
  }

  #learnFrom(event: AnswerEvent): void {
    if (!event.hasOutput || this.#lessons >= LESSONS_MAX) return;
    if (this.#likeness !== undefined && hasLikeness(event.text, this.#likeness)) return; // its text is written otherwise
    this.#lessons += 1;
    if (this.#lessons === 1) return; // the first tells the role, which at many servers no other does
    this.#likeness = likenessOf(event) ?? this.#likeness;
  }

  #readWhole(): FinishedAnswer {
    const provider = this.#wallet;
    const answer = readAnswerEvent(this.#held.text(), provider);
    if (this.#asksForStream) {
      throw new AimoError("provider_error", { provider, detail: "it answered JSON where a stream was asked for" });
    }
    const { choices } = answer.value;
    const { usage, finishReason } = answer;
    if (!Array.isArray(choices) || choices.length === 0 || finishReason === undefined) {
      throw new AimoError("provider_error", { provider, detail: "its answer has no choices with a finish_reason" });
    }
    return { usage, finishReason, answer };
  }

  /** Some providers say by the `finish_reason` that an answer broke off: a failure like any other. */
  #unbroken(finished: FinishedAnswer): FinishedAnswer {
    if (finished.finishReason !== BROKEN_OFF) return finished;
    const detail = "its answer broke off with the finish_reason `error`";
    throw new AimoError("provider_error", { provider: this.#wallet, detail });
  }

  #sha256(): string {
    return this.#reading === "json" ? this.#held.sha256() : (this.#hash ?? new PassingHash()).digest();
  }
}
