// Spans of requests by OpenTelemetry's conventions for generative AI; loaded only where a collector is configured.
import type { Attributes, Context, HrTime, Span, SpanContext, Tracer } from "@opentelemetry/api";
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { millisToHrTime, parseTraceParent, TraceState } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { Usage } from "@aimo-network/protocol/usage";
import type { Logger } from "pino";
import { SPAN_EXPORT_TIMEOUT_MS, SPANS_FLUSH_MS, TRACESTATE_CHARS_MAX } from "./limits.ts";
import type { ObservedAttempt, ObservedEnd, ObservedRequest, RequestSpan, RequestTracer } from "./request-observer.ts";
import type { SpanLosses } from "./span-export.ts";
import { createSpanQueue } from "./span-export.ts";
import type { TraceSettings } from "./trace-settings.ts";
import { VERSION } from "./version.ts";

/** What traces need of this process. */
export interface TraceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly losses: SpanLosses;
  /** Where clients reach this router. */
  url(): string;
}

/** The tracer of a router. */
export interface Traces extends RequestTracer {
  /** Exports what waits, for a few seconds at most. */
  close(): Promise<void>;
}

/** Finish reasons that OpenAI's API has; a provider could write anything there. */
const FINISH_REASONS: ReadonlySet<string> = new Set([
  "stop",
  "length",
  "tool_calls",
  "content_filter",
  "function_call",
]);

/** The client's span as the parent of ours; none where it sent no trace context, or a broken one. */
function parentOf({ traceparent, tracestate }: ObservedRequest): Context {
  const parsed = typeof traceparent === "string" ? parseTraceParent(traceparent) : null;
  if (parsed === null) return ROOT_CONTEXT;
  const isState = typeof tracestate === "string" && tracestate.length <= TRACESTATE_CHARS_MAX;
  const parent: SpanContext = {
    ...parsed,
    isRemote: true,
    ...(isState && { traceState: new TraceState(tracestate) }),
  };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}

function traceparentOf(span: Span): string {
  const { traceId, spanId, traceFlags } = span.spanContext();
  return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

function usageAttributes(usage: Usage | undefined): Attributes {
  if (usage === undefined) return {};
  return {
    "gen_ai.usage.input_tokens": usage.promptTokens,
    "gen_ai.usage.output_tokens": usage.completionTokens,
    "gen_ai.usage.cache_read.input_tokens": usage.cachedTokens,
    "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
  };
}

function endAttributes(end: ObservedEnd | undefined): Attributes {
  if (end === undefined) return { "aimo.outcome": "failed", "error.type": "internal" };
  if (end.ended === "failed") return { "aimo.outcome": "failed", "error.type": end.error.code };
  if (end.ended === "client_left") return { "aimo.outcome": "client_left" };
  return {
    "aimo.outcome": "answered",
    "gen_ai.response.model": end.candidate.offer.modelId,
    "gen_ai.response.finish_reasons": [FINISH_REASONS.has(end.finishReason) ? end.finishReason : "other"],
    ...usageAttributes(end.usage),
  };
}

/** The time of spans: the clock's at the start of a request, and from there on never backwards. */
function timeline(clock: Clock): () => HrTime {
  const offsetMs = clock.now() - clock.monotonic();
  return () => millisToHrTime(offsetMs + clock.monotonic());
}

function startRequest(tracer: Tracer, clock: Clock, request: ObservedRequest, server: Attributes): RequestSpan {
  const time = timeline(clock);
  const parent = parentOf(request);
  const attributes: Attributes = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "aimo",
    "gen_ai.request.model": request.model,
    "gen_ai.request.stream": request.stream,
    "gen_ai.response.id": request.generationId,
    "aimo.request.id": request.requestId,
    "aimo.key.id": request.keyId,
    ...(request.maxTokens !== undefined && { "gen_ai.request.max_tokens": request.maxTokens }),
    ...server,
  };
  const options = { kind: SpanKind.CLIENT, attributes, startTime: time() };
  const span = tracer.startSpan(`chat ${request.model}`, options, parent);
  return {
    attempt: (attempt) => startAttempt(tracer, time, trace.setSpan(parent, span), attempt),
    end(end, firstOutputAfterMs) {
      span.setAttributes(endAttributes(end));
      if (firstOutputAfterMs !== undefined)
        span.setAttribute("gen_ai.response.time_to_first_chunk", firstOutputAfterMs / 1000);
      if (end === undefined || end.ended === "failed") span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(time());
    },
  };
}

function startAttempt(
  tracer: Tracer,
  time: () => HrTime,
  parent: Context,
  { attemptId, linkId, wallet }: ObservedAttempt,
): ReturnType<RequestSpan["attempt"]> {
  const attributes = { "aimo.attempt.id": attemptId, "aimo.link.id": linkId, "aimo.provider.wallet": wallet };
  const span = tracer.startSpan("attempt", { kind: SpanKind.CLIENT, attributes, startTime: time() }, parent);
  return {
    traceparent: traceparentOf(span),
    end(errorCode) {
      const isLeft = errorCode === "client_left";
      span.setAttribute("aimo.outcome", errorCode === undefined ? "answered" : isLeft ? "client_left" : "failed");
      if (errorCode !== undefined && !isLeft) {
        span.setAttribute("error.type", errorCode);
        span.setStatus({ code: SpanStatusCode.ERROR });
      }
      span.end(time());
    },
  };
}

function serverAttributes(address: string): Attributes {
  const { hostname, port, protocol } = new URL(address);
  return { "server.address": hostname, "server.port": Number(port || (protocol === "https:" ? 443 : 80)) };
}

/** Creates the tracer; an unreachable collector costs spans and nothing else. */
export function createTraces(settings: TraceSettings, deps: TraceDeps): Traces {
  const { clock, log, losses } = deps;
  const exporter = new OTLPTraceExporter({
    url: settings.url,
    headers: settings.headers,
    timeoutMillis: SPAN_EXPORT_TIMEOUT_MS,
  });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ "service.name": settings.serviceName, "service.version": VERSION }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.sampleRatio) }),
    spanProcessors: [createSpanQueue(exporter, log, losses)],
  });
  const tracer = provider.getTracer("aimo-router", VERSION);
  let server: Attributes | undefined;
  return {
    request: (request) => startRequest(tracer, clock, request, (server ??= serverAttributes(deps.url()))),
    async close() {
      const flushed = new AbortController();
      const shutdown = provider
        .shutdown()
        .catch(() => undefined) // what was lost is counted and told already
        .finally(() => flushed.abort());
      await Promise.race([shutdown, sleep(clock, SPANS_FLUSH_MS, flushed.signal)]);
    },
  };
}
