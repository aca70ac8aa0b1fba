// Metrics, log lines and traces of one router, put together; tracing is loaded only where a collector is configured.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { Readings, RouterMetrics } from "./metrics.ts";
import { createMetrics } from "./metrics.ts";
import type { Observer } from "./request-observer.ts";
import { createObserver } from "./request-observer.ts";
import type { TraceSettings } from "./trace-settings.ts";

/** What observing needs of this process. */
export interface ObservationDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly readings: Readings;
  /** Where clients reach this router. */
  url(): string;
}

/** A router's metrics and the observer of its requests. */
export interface Observation {
  readonly metrics: RouterMetrics;
  readonly observer: Observer;
  /** Exports what waits and stops measuring. */
  close(): Promise<void>;
}

/** Starts to observe; `settings` is undefined where nothing is traced. */
export async function startObservation(
  settings: TraceSettings | undefined,
  { clock, log, readings, url }: ObservationDeps,
): Promise<Observation> {
  const metrics = createMetrics(clock, readings);
  const { counts } = metrics;
  const traces =
    settings === undefined
      ? undefined
      : (await import("./traces.ts")).createTraces(settings, { clock, log, losses: counts, url });
  return {
    metrics,
    observer: createObserver({ clock, log, counts, tracer: traces }),
    async close() {
      await traces?.close();
      metrics.close();
    },
  };
}
