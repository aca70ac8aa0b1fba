// Spans on their way to the collector: a bounded queue, counted losses, and one line when the collector fails or returns.
import type { ExportResult } from "@opentelemetry/core";
import { ExportResultCode } from "@opentelemetry/core";
import type { ReadableSpan, SpanExporter, SpanProcessor } from "@opentelemetry/sdk-trace";
import { BatchSpanProcessor } from "@opentelemetry/sdk-trace";
import type { Logger } from "pino";
import { SPANS_PER_EXPORT_MAX, SPANS_QUEUED_MAX, SPAN_EXPORT_DELAY_MS, SPAN_EXPORT_TIMEOUT_MS } from "./limits.ts";

/** Where lost spans are counted. */
export interface SpanLosses {
  spansLost: number;
}

/** Exports spans in batches through `exporter`; what does not fit the queue or cannot be sent is counted as lost. */
export function createSpanQueue(exporter: SpanExporter, log: Logger, losses: SpanLosses): SpanProcessor {
  let waiting = 0;
  let isFailing = false;
  const judge = ({ code }: ExportResult, spans: number): void => {
    const fails = code !== ExportResultCode.SUCCESS;
    if (fails) losses.spansLost += spans;
    if (fails === isFailing) return; // a collector that is away for a night is one line, not one every few seconds
    isFailing = fails;
    // The exporter's error quotes the collector's answer: its words stay out.
    if (fails) log.warn({ spans }, "spans cannot be exported: look at the collector and OTEL_EXPORTER_OTLP_ENDPOINT");
    else log.info("spans are exported again");
  };
  const batches = new BatchSpanProcessor({
    maxQueueSize: SPANS_QUEUED_MAX,
    maxExportBatchSize: SPANS_PER_EXPORT_MAX,
    scheduledDelayMillis: SPAN_EXPORT_DELAY_MS,
    exportTimeoutMillis: SPAN_EXPORT_TIMEOUT_MS * 2, // the exporter's own deadline comes first, and says what was lost
    exporter: {
      export(spans: ReadableSpan[], told: (result: ExportResult) => void) {
        waiting -= spans.length;
        exporter.export(spans, (result) => {
          judge(result, spans.length);
          told(result);
        });
      },
      shutdown: () => exporter.shutdown(),
    },
  });
  return {
    onStart: (span, context) => batches.onStart(span, context),
    onEnd(span) {
      if (waiting >= SPANS_QUEUED_MAX) {
        losses.spansLost += 1;
        return;
      }
      waiting += 1;
      batches.onEnd(span);
    },
    forceFlush: () => batches.forceFlush(),
    shutdown: () => batches.shutdown(),
  };
}
