// Metrics that read what others count, when somebody asks for them.
import { Counter, Gauge } from "prom-client";
import type { Registry } from "prom-client";

/** Declares a counter whose values are read when they are asked for. */
export function declareCounter(
  registry: Registry,
  { name, help, labels }: { name: string; help: string; labels: readonly string[] },
  read: () => Iterable<readonly [string, number]>,
): void {
  const counter = new Counter({
    name,
    help,
    labelNames: labels,
    registers: [],
    collect() {
      this.reset();
      for (const [values, count] of read()) {
        const parts = values.split(" ");
        this.inc(Object.fromEntries(labels.map((label, index) => [label, parts[index] ?? ""])), count);
      }
    },
  });
  registry.registerMetric(counter);
}

/** Declares a gauge whose value is read when it is asked for. */
export function declareGauge(registry: Registry, name: string, help: string, read: () => number): void {
  const gauge = new Gauge({
    name,
    help,
    registers: [],
    collect() {
      this.set(read());
    },
  });
  registry.registerMetric(gauge);
}
