// One real request to an upstream, made as a served one would be, and what came of it.
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { createSseParser } from "@aimo-network/protocol/sse";
import type { AnswerShape } from "../serving/answer-reader.ts";
import { answerShape, AnswerReader } from "../serving/answer-reader.ts";
import { bodyRules, upstreamBody } from "../crossing/body-rules.ts";
import { Deadlines } from "../serving/deadlines.ts";
import type { AnswerHeaders } from "../crossing/headers.ts";
import { returningHeaders } from "../crossing/headers.ts";
import { CHECK_ANSWER_BYTES_MAX } from "../limits.ts";
import type { ServedModel } from "../serving/settings.ts";
import type { UpstreamCall, UpstreamEvents, Upstreams } from "../serving/upstream.ts";
import { codeOf, upstreamFailure } from "../serving/upstream-failure.ts";

const ENDPOINT = "/chat/completions";
const RULES = bodyRules([], 1, "data");

/** What an upstream answered to a probe. */
export interface ProbeAnswer {
  readonly kind: "answer";
  readonly status: number;
  readonly contentType: string;
  readonly shape: AnswerShape;
  /** The text of the body; a stream's is the data of its events. */
  readonly texts: readonly string[];
  readonly reader: AnswerReader;
  readonly totalMs: number;
}

/** What became of a probe; `reason` is for the person who runs the check. */
export type ProbeOutcome = ProbeAnswer | { readonly kind: "failure"; readonly reason: string };

/** What a probe uses. */
export interface ProbeTools {
  readonly clock: Clock;
  readonly upstreams: Upstreams;
}

/** Sends `request` to the model's upstream; resolves in every case, within the model's deadlines. */
export function probe(tools: ProbeTools, model: ServedModel, request: object): Promise<ProbeOutcome> {
  const outcome = Promise.withResolvers<ProbeOutcome>();
  new Probe(tools, model, outcome.resolve).send(request);
  return outcome.promise;
}

class Probe implements UpstreamEvents {
  readonly #tools: ProbeTools;
  readonly #model: ServedModel;
  readonly #told: (outcome: ProbeOutcome) => void;
  readonly #deadlines: Deadlines;
  readonly #startMs: number;
  readonly #texts: string[] = [];
  readonly #chunks: Uint8Array[] = [];
  readonly #events = createSseParser({ event: (data) => this.#texts.push(data) });
  #call: UpstreamCall | undefined;
  #head: { readonly status: number; readonly contentType: string; readonly shape: AnswerShape } | undefined;
  #reader = new AnswerReader("opaque");
  #hasProgress = false;
  #isStream = false;

  constructor(tools: ProbeTools, model: ServedModel, told: (outcome: ProbeOutcome) => void) {
    this.#tools = tools;
    this.#model = model;
    this.#told = told;
    this.#startMs = tools.clock.monotonic();
    this.#deadlines = new Deadlines(tools.clock, model.timeouts, (phase, limitMs) => {
      const error = new AimoError("provider_timeout", { provider: model.provider, phase, limitMs });
      this.#fail(error.message);
    });
  }

  send(request: object): void {
    const address = this.#model.addresses.get(ENDPOINT);
    if (address === undefined) {
      this.#fail(`the model does not offer ${ENDPOINT}`);
      return;
    }
    const { bytes, isStream } = upstreamBody(Buffer.from(JSON.stringify(request)), this.#model.modelJson, RULES);
    this.#isStream = isStream;
    this.#deadlines.enter("connect");
    this.#call = this.#tools.upstreams.call({ address, headers: [...this.#model.headers], body: bytes }, this);
  }

  connected(): void {
    this.#deadlines.enter(this.#isStream ? "first_byte" : undefined);
  }

  responded(status: number, headers: AnswerHeaders): void {
    if (status < 200) return;
    const encoding = headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      this.#fail(`it compressed its answer (${String(encoding)}) although it was asked not to`);
      return;
    }
    const contentType = returningHeaders(headers)["content-type"] ?? "";
    const shape = answerShape(status, contentType);
    this.#head = { status, contentType, shape };
    this.#reader = new AnswerReader(shape);
  }

  received(chunk: Uint8Array): void {
    try {
      if (this.#reader.push(chunk)) this.#noteProgress();
      if (this.#reader.bytes > CHECK_ANSWER_BYTES_MAX) this.#fail("its answer to a short question is absurdly long");
      else if (this.#head?.shape === "events") this.#events.push(chunk);
      else this.#chunks.push(chunk);
    } catch (error) {
      if (!isAimoError(error)) throw error;
      this.#fail(error.message);
    }
  }

  ended(): void {
    if (this.#head === undefined) {
      this.#fail("it closed the connection without an answer");
      return;
    }
    this.#deadlines.end();
    this.#reader.end();
    const texts = this.#head.shape === "events" ? this.#texts : [Buffer.concat(this.#chunks).toString()];
    const totalMs = Math.round(this.#tools.clock.monotonic() - this.#startMs);
    this.#told({ kind: "answer", ...this.#head, texts, reader: this.#reader, totalMs });
  }

  failed(error: Error): void {
    const failure = upstreamFailure(error, {
      provider: this.#model.provider,
      progress: this.#head === undefined ? "before" : "within",
    });
    const code = codeOf(error);
    this.#fail(code === "" ? failure.message : `${failure.message} (${code})`);
  }

  #noteProgress(): void {
    if (this.#hasProgress) this.#deadlines.touch();
    else this.#deadlines.enter("idle");
    this.#hasProgress = true;
  }

  #fail(reason: string): void {
    this.#deadlines.end();
    this.#call?.abort();
    this.#told({ kind: "failure", reason });
  }
}
