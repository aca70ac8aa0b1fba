// One attempt at this provider: a request from its router becomes one call of the upstream, and the answer goes back.
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { TimeoutPhase } from "@aimo-network/protocol/errors";
import type { EndError, RequestHead } from "@aimo-network/protocol/wire/messages";
import type { StreamEvents, WireStream } from "@aimo-network/protocol/wire/stream";
import { answerShape, AnswerReader } from "./answer-reader.ts";
import type { BodyRules, UpstreamBody } from "../crossing/body-rules.ts";
import { upstreamBody } from "../crossing/body-rules.ts";
import { Deadlines } from "./deadlines.ts";
import { createEnd } from "./end.ts";
import type { AttemptOutcome } from "./end.ts";
import type { AnswerHeaders } from "../crossing/headers.ts";
import { addPassingHeaders, returningHeaders } from "../crossing/headers.ts";
import { ANSWER_QUEUED_BYTES_MAX } from "../limits.ts";
import type { ResolveHost } from "../crossing/media.ts";
import { checkMediaHosts } from "../crossing/media.ts";
import type { ServedModel } from "./settings.ts";
import type { UpstreamAddress, UpstreamCall, UpstreamEvents, Upstreams } from "./upstream.ts";
import { upstreamFailure } from "./upstream-failure.ts";

const STATUS_MAX = 599; // RFC 9110: anything above is no status a router could pass on

/** What every attempt of a process uses. */
export interface AttemptTools {
  readonly clock: Clock;
  readonly upstreams: Upstreams;
  readonly resolve: ResolveHost;
}

/** What one attempt is about; the settings are those of its start. */
export interface AttemptPlan {
  readonly head: RequestHead;
  readonly model: ServedModel;
  readonly address: UpstreamAddress;
  readonly rules: BodyRules;
}

/** A running attempt: it hears the stream and the upstream, and ends once. */
export class Attempt implements StreamEvents, UpstreamEvents {
  readonly #tools: AttemptTools;
  readonly #plan: AttemptPlan;
  readonly #stream: WireStream;
  readonly #ended: (outcome: AttemptOutcome) => void;
  readonly #deadlines: Deadlines;
  readonly #body = new ArrivingJson();
  #isStream = false;
  #call: UpstreamCall | undefined;
  #calledAtMs: number | undefined;
  #firstByteAtMs: number | undefined;
  #status: number | undefined;
  #reader: AnswerReader | undefined;
  #paused = false;
  #over = false;

  /** `ended` is told once, before the End is sent. */
  constructor(tools: AttemptTools, plan: AttemptPlan, stream: WireStream, ended: (outcome: AttemptOutcome) => void) {
    this.#tools = tools;
    this.#plan = plan;
    this.#stream = stream;
    this.#ended = ended;
    const totalMs = Math.min(plan.model.timeouts.totalMs, plan.head.deadline_ms);
    this.#deadlines = new Deadlines(tools.clock, { ...plan.model.timeouts, totalMs }, (phase, limitMs) =>
      this.#expire(phase, limitMs),
    );
  }

  requestBody(bytes: Uint8Array): void {
    if (this.#over) return;
    const length = this.#body.length + bytes.length;
    if (length > this.#plan.head.content_length) this.#failBodyLength(length);
    else {
      this.#body.add(bytes);
      this.#stream.grant(bytes.length);
    }
  }

  requestEnd(): void {
    if (this.#over) return;
    if (this.#body.length !== this.#plan.head.content_length) {
      this.#failBodyLength(this.#body.length);
      return;
    }
    try {
      const body = upstreamBody(this.#body.whole ?? this.#body, this.#plan.model.modelJson, this.#plan.rules);
      this.#body.clear();
      this.#isStream = body.isStream;
      if (body.mediaHosts.size === 0) this.#callUpstream(body.bytes);
      else void this.#callAfterCheck(body);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#fail(error);
    }
  }

  cancelled(): void {
    this.#end({ cancelled: true });
  }

  lost(): void {
    this.#end({ cancelled: true });
  }

  drained(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#deadlines.resume();
    this.#call?.resume();
  }

  connected(): void {
    // The first byte of an answer in one piece comes when all of it is thought out: only the total bounds that.
    this.#deadlines.enter(this.#isStream ? "first_byte" : undefined);
  }

  responded(status: number, headers: AnswerHeaders): void {
    if (status < 200) return; // an interim answer, such as 103 with hints
    if (status > STATUS_MAX) {
      this.#fail(this.#upstreamError(`it answered with status ${status}, which HTTP does not have`));
      return;
    }
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      this.#fail(this.#upstreamError("it compressed its answer although it was asked not to"));
      return;
    }
    const returning = returningHeaders(headers);
    this.#status = status;
    this.#reader = new AnswerReader(answerShape(status, returning["content-type"]));
    this.#stream.sendHead({ status, headers: returning });
  }

  received(chunk: Uint8Array): void {
    if (this.#reader === undefined) return;
    try {
      if (this.#reader.push(chunk)) this.#noteProgress();
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#fail(error);
      return;
    }
    this.#stream.sendBody(chunk);
    if (this.#paused || this.#stream.queuedBytes <= ANSWER_QUEUED_BYTES_MAX) return;
    this.#paused = true;
    this.#call?.pause();
    this.#deadlines.pause();
  }

  ended(): void {
    if (this.#reader === undefined) {
      this.#fail(this.#upstreamError("it closed the connection without an answer"));
      return;
    }
    this.#reader.end();
    this.#end({ cancelled: false });
  }

  failed(error: Error): void {
    const progress = this.#reader === undefined ? "before" : "within";
    this.#fail(upstreamFailure(error, { provider: this.#plan.model.provider, progress }), error);
  }

  async #callAfterCheck({ bytes, mediaHosts }: UpstreamBody): Promise<void> {
    try {
      await checkMediaHosts(mediaHosts, this.#tools.resolve);
      if (!this.#over) this.#callUpstream(bytes);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#fail(error);
    }
  }

  #callUpstream(body: readonly Uint8Array[]): void {
    if (!this.#deadlines.hasTimeLeft()) return; // the upstream would compute for nobody
    const { head, model, address } = this.#plan;
    const headers = [...model.headers];
    addPassingHeaders(headers, model.passing, head.headers);
    this.#deadlines.enter("connect");
    this.#calledAtMs = this.#tools.clock.monotonic();
    this.#call = this.#tools.upstreams.call({ address, headers, body }, this);
  }

  #noteProgress(): void {
    if (this.#firstByteAtMs === undefined) {
      this.#firstByteAtMs = this.#tools.clock.monotonic();
      this.#deadlines.enter("idle");
    } else this.#deadlines.touch();
  }

  #expire(phase: TimeoutPhase, limitMs: number): void {
    const error = new AimoError("provider_timeout", { provider: this.#plan.model.provider, phase, limitMs });
    this.#end({ cancelled: false, error: { ...endError(error), phase, limit_ms: limitMs } });
  }

  #failBodyLength(bytes: number): void {
    const expected = `a body of ${this.#plan.head.content_length} bytes, as its head said`;
    this.#fail(new AimoError("invalid_request", { expected, found: `one of ${bytes}` }));
  }

  #upstreamError(detail: string): AimoError {
    return new AimoError("provider_error", { provider: this.#plan.model.provider, detail });
  }

  #fail(error: AimoError, cause?: Error): void {
    this.#end({ cancelled: false, error: endError(error) }, cause ?? error.cause);
  }

  #end(how: { readonly cancelled: boolean; readonly error?: EndError }, cause?: unknown): void {
    if (this.#over) return;
    this.#over = true;
    this.#deadlines.end();
    this.#call?.abort();
    this.#body.clear();
    const end = createEnd({
      attemptId: this.#plan.head.attempt_id,
      reader: this.#reader,
      calledAtMs: this.#calledAtMs,
      firstByteAtMs: this.#firstByteAtMs,
      endedAtMs: this.#tools.clock.monotonic(),
      ...how,
    });
    this.#ended({ end, status: this.#status, cause });
    this.#stream.sendEnd(end);
  }
}

function endError(error: AimoError): EndError {
  // The router says whose failure it was and adds its own words: only what happened is worth repeating.
  const message = isAimoError(error, "provider_error") ? error.context.detail : error.message;
  return { code: error.code, message };
}
