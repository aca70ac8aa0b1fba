// One try of a request at one provider: reads its answer, keeps its deadlines, and ends exactly once.
import type { Hash } from "node:crypto";
import { createHash } from "node:crypto";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { SseParser } from "@aimo-network/protocol/sse";
import { createSseParser } from "@aimo-network/protocol/sse";
import type { Usage } from "@aimo-network/protocol/usage";
import type { End, ResponseHead } from "@aimo-network/protocol/wire/messages";
import type { Logger } from "pino";
import { ERROR_BODY_BYTES_MAX } from "../limits.ts";
import type { AnswerEvent } from "./answer-event.ts";
import { endsStream, isWholeData, readAnswerEvent, readStreamData } from "./answer-event.ts";
import type { ByteBudget } from "./byte-budget.ts";
import { HeldAnswer } from "./held-answer.ts";
import { failureOfEnd, failureOfStatus } from "./provider-failure.ts";
import type { AttemptRequest, LinkAttempt, ProviderLink } from "./provider-link.ts";

/** What an attempt needs of this process. */
export interface AttemptDeps {
  readonly clock: Clock;
  readonly log: Logger;
  /** Bytes of answers that cannot be passed on before they are whole. */
  readonly answerBytes: ByteBudget;
}

/** The deadlines of one attempt beside the request's total one; durations in milliseconds. */
export interface AttemptDeadlines {
  /** Until a stream's first event; a JSON answer comes whole, so only the total deadline bounds it. */
  readonly firstByteMs: number;
  /** Between two events of a stream; comments do not count. */
  readonly idleMs: number;
}

/** Who listens to an attempt. */
export interface AttemptListener {
  event(event: AnswerEvent): void;
  /** After each piece of the answer; false when the client takes no more until `resume` is called. */
  flush(): boolean;
  /** Told once, with how many bytes of the answer have come. */
  ended(result: AttemptResult, answerBytes: number): void;
}

/** How an attempt ended: with a whole answer, or with the error that stands for it. */
export type AttemptResult =
  | {
      readonly ok: true;
      readonly usage: Usage | undefined;
      readonly finishReason: string;
      /** The whole JSON answer, where no stream was asked for. */
      readonly answer: AnswerEvent | undefined;
    }
  | { readonly ok: false; readonly error: AimoError };

type Reading = "stream" | "json" | "error";

/** A running attempt. */
export class Attempt {
  readonly #deps: AttemptDeps;
  readonly #link: ProviderLink;
  readonly #request: AttemptRequest;
  readonly #deadlines: AttemptDeadlines;
  readonly #listener: AttemptListener;
  readonly #stream: LinkAttempt;
  /** Of an answer that is not held; the bytes of one that is are hashed at once when it is whole. */
  #hash: Hash | undefined;
  #bodyBytes = 0;
  readonly #held: HeldAnswer;
  #ungrantedBytes = 0;
  #head: ResponseHead | undefined;
  /** Reads the events, where the answer is a stream of them. */
  #parser: SseParser | undefined;
  #reading: Reading = "json";
  #silence: Timer | undefined;
  #waitingFor: "first_byte" | "idle" = "first_byte";
  #paused = false;
  #cancelled = false;
  #finished = false;
  #finishReason: string | undefined;
  #usage: Usage | undefined;

  constructor(
    deps: AttemptDeps,
    link: ProviderLink,
    request: AttemptRequest,
    deadlines: AttemptDeadlines,
    listener: AttemptListener,
  ) {
    this.#deps = deps;
    this.#link = link;
    this.#request = request;
    this.#deadlines = deadlines;
    this.#listener = listener;
    this.#held = new HeldAnswer(deps.answerBytes, link.wallet);
    if (request.stream) this.#watch("first_byte", deadlines.firstByteMs);
    this.#stream = link.open(request, {
      head: (head) => this.#readHead(head),
      body: (bytes) => this.#readBody(bytes),
      end: (end) => this.#readEnd(end),
      lost: (error) => this.#finish({ ok: false, error }),
    });
  }

  /** Whether the client has answer bytes waiting that it does not read. */
  get isPaused(): boolean {
    return this.#paused;
  }

  /** The client reads again after `flush` said that it did not. */
  resume(): void {
    if (!this.#paused || this.#finished) return;
    this.#paused = false;
    this.#watch("idle", this.#deadlines.idleMs);
    this.#grantHeld();
  }

  /** Ends the attempt from this side. */
  abort(error: AimoError): void {
    if (this.#finished) return;
    this.#cancelled = true;
    this.#stream.cancel(error.code satisfies ErrorCode);
    this.#finish({ ok: false, error });
  }

  #watch(phase: "first_byte" | "idle", limitMs: number): void {
    this.#waitingFor = phase;
    this.#silence?.cancel();
    this.#silence = this.#deps.clock.timer(limitMs, () => {
      this.abort(new AimoError("provider_timeout", { provider: this.#link.wallet, phase, limitMs }));
    });
  }

  #readHead(head: ResponseHead): void {
    if (this.#finished) return;
    this.#head = head;
    const isEvents = /text\/event-stream/i.test(head.headers["content-type"] ?? "text/event-stream");
    if (head.status < 200 || head.status > 299) this.#reading = "error";
    else if (this.#request.stream && isEvents) {
      this.#reading = "stream";
      this.#parser = createSseParser({ event: (data) => this.#readData(data) });
    } else this.#reading = "json";
    if (this.#request.stream && this.#reading !== "stream") this.#watch("idle", this.#deadlines.idleMs);
  }

  #readBody(bytes: Uint8Array): void {
    this.#bodyBytes += bytes.length;
    if (this.#reading !== "json") this.#hash = (this.#hash ?? createHash("sha256")).update(bytes);
    const keepsUp = this.#finished || this.#passOn(bytes);
    // What comes with the end of the answer, or after it, is consumed here: nobody would grant it later.
    if (keepsUp || this.#finished) this.#stream.grant(bytes.length);
    else this.#pause(bytes.length);
  }

  /** Reads a piece of the answer; false when the client does not keep up. */
  #passOn(bytes: Uint8Array): boolean {
    try {
      if (this.#parser !== undefined) {
        this.#parser.push(bytes);
        if (!this.#finished) this.#held.countEvent(this.#parser.heldBytes());
      } else this.#hold(bytes);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.abort(this.#withProvider(error));
      return true;
    }
    return this.#reading !== "stream" || this.#listener.flush();
  }

  /** The parser of events does not know whose stream it reads: its complaints get this provider's name. */
  #withProvider(error: AimoError): AimoError {
    if (!isAimoError(error, "provider_error")) return error;
    return new AimoError("provider_error", { ...error.context, provider: this.#link.wallet }, { cause: error });
  }

  #grantHeld(): void {
    const bytes = this.#ungrantedBytes;
    this.#ungrantedBytes = 0;
    if (bytes > 0) this.#stream.grant(bytes);
  }

  #pause(bytes: number): void {
    this.#ungrantedBytes += bytes;
    this.#paused = true;
    this.#silence?.cancel(); // a client that does not read is not the provider's silence
  }

  #hold(piece: Uint8Array): void {
    const isError = this.#reading === "error";
    const bytes = isError ? piece.subarray(0, ERROR_BODY_BYTES_MAX - this.#held.bytes) : piece;
    this.#held.add(bytes);
    if (bytes.length > 0) this.#silence?.refresh();
  }

  #readData(data: string): void {
    if (this.#finished || data === "") return; // an empty event is a keep-alive, and as little a sign of life as a comment
    this.#watchNextEvent();
    const isEnd = endsStream(data);
    if (!isEnd || data.includes("\n")) {
      for (const event of readStreamData(data, this.#link.wallet)) this.#readEvent(event);
    }
    if (isEnd) this.#endStream();
  }

  #watchNextEvent(): void {
    if (this.#waitingFor === "idle") this.#silence?.refresh(); // which does nothing while the client does not read
    else this.#watch("idle", this.#deadlines.idleMs);
  }

  #readEvent(event: AnswerEvent): void {
    this.#finishReason = event.finishReason ?? this.#finishReason;
    this.#usage = event.usage ?? this.#usage;
    this.#listener.event(event);
  }

  #endStream(): void {
    const provider = this.#link.wallet;
    if (this.#finishReason === undefined) {
      const detail = "its answer broke off without a finish_reason";
      this.#finish({ ok: false, error: new AimoError("provider_error", { provider, detail }) });
      return;
    }
    this.#finish({ ok: true, usage: this.#usage, finishReason: this.#finishReason, answer: undefined });
  }

  #readEnd(end: End): void {
    this.#stream.acknowledge(false);
    const isWhole = !end.cancelled && !this.#cancelled; // after a cancel, bytes on their way were dropped
    if (isWhole && (end.body_bytes !== this.#bodyBytes || end.body_sha256 !== this.#sha256())) {
      const { attemptId } = this.#request;
      this.#deps.log.warn({ attemptId, linkId: this.#link.id }, "the proxy's End differs from what was relayed");
    }
    if (this.#finished) return;
    if (end.error !== undefined) {
      this.#finish({ ok: false, error: failureOfEnd(this.#link.wallet, end.error) });
    } else if (end.cancelled) {
      this.#finish({ ok: false, error: new AimoError("provider_disconnected", { provider: this.#link.wallet }) });
    } else if (this.#parser !== undefined) this.#endEvents(this.#parser);
    else this.#endWhole();
  }

  #sha256(): string {
    return this.#reading === "json" ? this.#held.sha256() : (this.#hash ?? createHash("sha256")).digest("hex");
  }

  /** Some servers leave out the blank line after their last event: whole as it is, it still counts. */
  #endEvents(parser: SseParser): void {
    const left = parser.end();
    try {
      if (left !== undefined && isWholeData(left)) this.#readData(left);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#finish({ ok: false, error });
    }
    if (!this.#finished) this.#endStream();
  }

  #endWhole(): void {
    const provider = this.#link.wallet;
    const text = this.#held.text();
    const head = this.#head;
    if (head === undefined) {
      this.#finish({ ok: false, error: new AimoError("provider_error", { provider, detail: "it sent no answer" }) });
    } else if (this.#reading === "error") {
      const retryAfter = head.headers["retry-after"];
      this.#finish({ ok: false, error: failureOfStatus(provider, { status: head.status, body: text, retryAfter }) });
    } else this.#finish(this.#readWhole(text));
  }

  #readWhole(text: string): AttemptResult {
    const provider = this.#link.wallet;
    try {
      const answer = readAnswerEvent(text, provider);
      if (this.#request.stream) {
        throw new AimoError("provider_error", { provider, detail: "it answered JSON where a stream was asked for" });
      }
      const { choices } = answer.value;
      if (!Array.isArray(choices) || choices.length === 0 || answer.finishReason === undefined) {
        throw new AimoError("provider_error", { provider, detail: "its answer has no choices with a finish_reason" });
      }
      return { ok: true, usage: answer.usage, finishReason: answer.finishReason, answer };
    } catch (error) {
      if (!isAimoError(error)) throw error;
      return { ok: false, error };
    }
  }

  #finish(result: AttemptResult): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#silence?.cancel();
    this.#held.clear();
    this.#grantHeld();
    this.#listener.ended(result, this.#bodyBytes);
  }
}
