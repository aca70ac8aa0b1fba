// One try of a request at one provider: reads its answer, keeps its deadlines, and ends exactly once.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import type { ErrorCode } from "@aimo-network/protocol/errors";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Usage } from "@aimo-network/protocol/usage";
import type { End, ResponseHead } from "@aimo-network/protocol/wire/messages";
import type { Logger } from "pino";
import { LEFT_ANSWER_MS } from "../limits.ts";
import type { AnswerEvent } from "./answer-event.ts";
import type { ByteBudget } from "./byte-budget.ts";
import type { FinishedAnswer } from "./incoming-answer.ts";
import { IncomingAnswer } from "./incoming-answer.ts";
import { failureOfEnd } from "./provider-failure.ts";
import type { AttemptRequest, LinkAttempt, ProviderLink } from "./provider-link.ts";
import { Silence } from "./silence.ts";

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
  | { readonly ok: true; readonly finished: FinishedAnswer }
  | {
      readonly ok: false;
      readonly error: AimoError;
      /** The last usage that a stream had told before. */
      readonly usage: Usage | undefined;
      readonly finishReason: string | undefined;
    };

/** A running attempt. */
export class Attempt {
  readonly #deps: AttemptDeps;
  readonly #link: ProviderLink;
  readonly #request: AttemptRequest;
  readonly #deadlines: AttemptDeadlines;
  readonly #listener: AttemptListener;
  readonly #answer: IncomingAnswer;
  readonly #stream: LinkAttempt;
  #ungrantedBytes = 0;
  #silence: Silence | undefined;
  #waitingFor: "first_byte" | "idle" | "usage" = "first_byte";
  #paused = false;
  #cancelled = false;
  #finished = false;
  #hasEnd = false;
  /** What billing made of the attempt, once it has. */
  #charged: boolean | undefined;

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
    this.#answer = new IncomingAnswer(link.wallet, request.stream, deps.answerBytes, {
      event: (event) => listener.event(event),
      progressed: () => this.#watchNext(),
      done: () => this.#finishWith(() => this.#answer.finishedStream()),
    });
    if (request.stream) this.#watch("first_byte", deadlines.firstByteMs);
    this.#stream = link.open(request, {
      head: (head) => this.#readHead(head),
      body: (bytes) => this.#readBody(bytes),
      end: (end) => this.#readEnd(end),
      lost: (error) => this.#fail(error),
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

  /** Billing is done with this attempt: its proxy may forget the End, which may be still on its way. Told at most once. */
  settle(charged: boolean): void {
    assert(this.#charged === undefined, "an attempt is settled once");
    this.#charged = charged;
    if (this.#hasEnd) this.#stream.acknowledge(charged);
  }

  /**
   * The client has left. A JSON answer that is whole ends the attempt as it would have; a stream that has said why it
   * stops is read on to its usage, for a short while; anything else is cancelled.
   */
  leave(): void {
    if (this.#finished) return;
    const whole = this.#answer.findWhole();
    if (whole !== undefined) this.#finish({ ok: true, finished: whole });
    else if (this.#answer.finishReason === undefined) this.abort(new AimoError("client_left", {}));
    else this.#readOn();
  }

  /** Ends the attempt from this side; the provider is told why by the error's code, unless another word is given. */
  abort(error: AimoError, reason: string = error.code satisfies ErrorCode): void {
    if (this.#finished) return;
    this.#cancelled = true;
    this.#stream.cancel(reason);
    this.#fail(error);
  }

  #readOn(): void {
    this.#waitingFor = "usage";
    this.#silence?.cancel();
    this.#silence = new Silence(this.#deps.clock, LEFT_ANSWER_MS, () => this.abort(new AimoError("client_left", {})));
    this.#paused = false;
    this.#grantHeld();
  }

  #watch(phase: "first_byte" | "idle", limitMs: number): void {
    this.#waitingFor = phase;
    this.#silence?.cancel();
    this.#silence = new Silence(this.#deps.clock, limitMs, () => {
      this.abort(new AimoError("provider_timeout", { provider: this.#link.wallet, phase, limitMs }));
    });
  }

  /** The provider has said something: its next word is waited for anew. */
  #watchNext(): void {
    if (this.#waitingFor === "idle") this.#silence?.break(); // which means nothing while the client does not read
    else if (this.#waitingFor === "first_byte" && this.#request.stream) this.#watch("idle", this.#deadlines.idleMs);
  }

  #readHead(head: ResponseHead): void {
    if (this.#finished) return;
    this.#answer.readHead(head);
    if (this.#request.stream && !this.#answer.isStream) this.#watch("idle", this.#deadlines.idleMs);
  }

  #readBody(bytes: Uint8Array): void {
    const keepsUp = this.#passOn(bytes);
    // What comes with the end of the answer, or after it, is consumed here: nobody would grant it later.
    if (keepsUp || this.#finished) this.#stream.grant(bytes.length);
    else this.#pause(bytes.length);
  }

  /** Reads a piece of the answer; false when the client does not keep up. */
  #passOn(bytes: Uint8Array): boolean {
    const wasFinished = this.#finished;
    try {
      this.#answer.push(bytes);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.abort(error);
      return true;
    }
    return wasFinished || !this.#answer.isStream || this.#listener.flush();
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

  #readEnd(end: End): void {
    this.#hasEnd = true;
    if (this.#charged !== undefined) this.#stream.acknowledge(this.#charged);
    const isWhole = !end.cancelled && !this.#cancelled; // after a cancel, bytes on their way were dropped
    if (isWhole && this.#answer.differsFrom(end)) {
      const { attemptId } = this.#request;
      this.#deps.log.warn({ attemptId, linkId: this.#link.id }, "the proxy's End differs from what was relayed");
    }
    if (this.#finished) return;
    if (end.error !== undefined) this.#fail(failureOfEnd(this.#link.wallet, end.error));
    else if (end.cancelled) this.#fail(new AimoError("provider_disconnected", { provider: this.#link.wallet }));
    else this.#finishWith(() => this.#answer.finished());
  }

  /** Ends with what is read last, or with what that throws. */
  #finishWith(read: () => FinishedAnswer): void {
    try {
      this.#finish({ ok: true, finished: read() });
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#fail(error);
    }
  }

  #fail(error: AimoError): void {
    const { usage, finishReason } = this.#answer;
    this.#finish({ ok: false, error, usage, finishReason });
  }

  #finish(result: AttemptResult): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#silence?.cancel();
    this.#answer.close();
    this.#grantHeld();
    this.#listener.ended(result, this.#answer.bodyBytes);
  }
}
