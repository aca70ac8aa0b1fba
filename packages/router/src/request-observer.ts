// What happens to requests, as numbers, log lines and spans; nothing here has seen a body or a key.
import type { Clock } from "@aimo-network/protocol/clock";
import type { AimoError } from "@aimo-network/protocol/errors";
import type { Usage } from "@aimo-network/protocol/usage";
import type { Logger } from "pino";
import type { Counts, RequestOutcome } from "./metrics.ts";
import { requestName } from "./metrics.ts";

/** A request as it is admitted: ids, and what a span says of it. */
export interface ObservedRequest {
  readonly requestId: string;
  readonly generationId: string;
  readonly wallet: string;
  readonly keyId: string;
  readonly stream: boolean;
  readonly model: string;
  readonly maxTokens: number | undefined;
  readonly traceparent: unknown;
  readonly tracestate: unknown;
}

/** An attempt as it begins. */
export interface ObservedAttempt {
  readonly attemptId: string;
  readonly linkId: string;
  readonly wallet: string;
  readonly requestBytes: number;
}

/** How a request came out. */
export type ObservedEnd =
  | {
      readonly ended: "answered";
      readonly candidate: { readonly offer: { readonly modelId: string; readonly wallet: string } };
      readonly usage: Usage | undefined;
      readonly finishReason: string;
    }
  | { readonly ended: "failed"; readonly error: AimoError }
  | { readonly ended: "client_left" };

/** The span of one attempt. */
export interface AttemptSpan {
  readonly traceparent: string;
  end(errorCode: string | undefined): void;
}

/** The span of one request. */
export interface RequestSpan {
  attempt(attempt: ObservedAttempt): AttemptSpan;
  /** `end` is undefined where the router itself failed. */
  end(end: ObservedEnd | undefined, firstOutputAfterMs: number | undefined): void;
}

/** Makes the spans of requests. */
export interface RequestTracer {
  request(request: ObservedRequest): RequestSpan;
}

/** What observing needs of this process. */
export interface ObserverDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly counts: Counts;
  /** Undefined where no traces are configured. */
  readonly tracer: RequestTracer | undefined;
}

/** What is not this router's fault, nor a provider's: worth a line, not a warning. */
function levelOf({ code, status }: AimoError): "debug" | "info" | "warn" {
  if (code === "client_left") return "debug";
  return status >= 500 ? "warn" : "info";
}

/** What of an error may be logged: codes and numbers, while its words may quote anything. */
function codesOf({ code, status, context }: AimoError): object {
  return {
    code,
    status,
    ...("status" in context && { upstreamStatus: context.status }),
    ...("phase" in context && { phase: context.phase }),
  };
}

/** What of an answer may be logged: who gave it, and its counts. */
function answerOf(end: ObservedEnd): object {
  if (end.ended !== "answered") return {};
  const { candidate, usage } = end;
  const { modelId: model, wallet: provider } = candidate.offer;
  return { model, provider, promptTokens: usage?.promptTokens, completionTokens: usage?.completionTokens };
}

class WatchedAttempt {
  readonly #deps: ObserverDeps;
  readonly #request: ObservedRequest;
  readonly #begun: ObservedAttempt;
  readonly #span: AttemptSpan | undefined;
  #isOpen = true;

  constructor(deps: ObserverDeps, request: ObservedRequest, begun: ObservedAttempt, span: AttemptSpan | undefined) {
    this.#deps = deps;
    this.#request = request;
    this.#begun = begun;
    this.#span = span;
    deps.counts.streamsOpen += 1;
  }

  get traceparent(): string | undefined {
    return this.#span?.traceparent;
  }

  ended(error: AimoError | undefined, answerBytes: number): void {
    const { counts, log } = this.#deps;
    this.#isOpen = false;
    counts.streamsOpen -= 1;
    counts.bytesFromProviders += answerBytes;
    counts.attempts.add(error?.code ?? "answered");
    this.#span?.end(error?.code);
    if (error !== undefined) log[levelOf(error)]({ ...this.#about(), ...codesOf(error) }, "attempt failed");
  }

  #about(): object {
    const { requestId, generationId } = this.#request;
    const { attemptId, linkId, wallet: provider } = this.#begun;
    return { requestId, generationId, attemptId, linkId, provider };
  }

  /** This router failed under the attempt. */
  abandon(): void {
    if (!this.#isOpen) return;
    this.#deps.counts.streamsOpen -= 1;
    this.#span?.end("internal");
  }
}

class WatchedRequest {
  readonly #deps: ObserverDeps;
  readonly #request: ObservedRequest;
  readonly #span: RequestSpan | undefined;
  readonly #startedMs: number;
  #firstOutputMs: number | undefined;
  #attempts = 0;
  #attempt: WatchedAttempt | undefined;

  constructor(deps: ObserverDeps, request: ObservedRequest) {
    this.#deps = deps;
    this.#request = request;
    this.#span = deps.tracer?.request(request);
    this.#startedMs = deps.clock.monotonic();
    deps.counts.requestsOpen += 1;
  }

  attempt(begun: ObservedAttempt): WatchedAttempt {
    const { counts } = this.#deps;
    if (this.#attempts > 0) counts.retries += 1;
    this.#attempts += 1;
    counts.bytesToProviders += begun.requestBytes;
    this.#attempt = new WatchedAttempt(this.#deps, this.#request, begun, this.#span?.attempt(begun));
    return this.#attempt;
  }

  firstOutput(): void {
    this.#firstOutputMs = this.#afterMs();
    this.#deps.counts.firstOutput(this.#firstOutputMs);
  }

  ended(end: ObservedEnd): void {
    const { counts, log } = this.#deps;
    this.#close(end.ended);
    if (end.ended === "failed") {
      counts.errors.add(end.error.code);
      log[levelOf(end.error)]({ ...this.#about(), ...codesOf(end.error) }, "request failed");
    } else if (log.isLevelEnabled("debug")) {
      const about = {
        ...this.#about(),
        ...answerOf(end),
        firstOutputMs: this.#firstOutputMs,
        totalMs: this.#afterMs(),
      };
      log.debug(about, end.ended === "answered" ? "request answered" : "request left by its client");
    }
    this.#span?.end(end, this.#firstOutputMs);
  }

  broke(): void {
    this.#attempt?.abandon();
    this.#deps.counts.requestsOpen -= 1; // the error reply counts it among the refused
    this.#span?.end(undefined, this.#firstOutputMs);
  }

  #close(outcome: RequestOutcome): void {
    const { counts } = this.#deps;
    const { stream } = this.#request;
    counts.requestsOpen -= 1;
    counts.requests.add(requestName("chat_completions", stream, outcome));
    counts.requestEnded(stream, this.#afterMs());
  }

  #afterMs(): number {
    return this.#deps.clock.monotonic() - this.#startedMs;
  }

  #about(): object {
    const { requestId, generationId, wallet, keyId, stream } = this.#request;
    return { requestId, generationId, wallet, keyId, stream, attempts: this.#attempts };
  }
}

/** Watches all requests of a router. */
export interface Observer {
  admitted(request: ObservedRequest): WatchedRequest;
  refused(requestId: string, endpoint: string, error: AimoError): void;
  answered(): void;
}

/** Creates the observer of a router. */
export function createObserver(deps: ObserverDeps): Observer {
  const { counts, log } = deps;
  const answered = requestName("other", undefined, "answered");
  return {
    admitted: (request) => new WatchedRequest(deps, request),
    refused(requestId, endpoint, error) {
      const isLeft = error.code === "client_left";
      counts.requests.add(requestName(endpoint, undefined, isLeft ? "client_left" : "refused"));
      if (!isLeft) counts.errors.add(error.code); // nobody was answered with it
      if (error.code === "internal") log.error({ requestId, error: error.cause }, "request broke");
      else log[levelOf(error)]({ requestId, endpoint, ...codesOf(error) }, "request refused");
    },
    answered: () => counts.requests.add(answered),
  };
}
