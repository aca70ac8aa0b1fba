// Ends a test run in which a file hangs: node:test waits for ever for a process that left something open.
import type { TestEvent } from "node:test/reporters";
import type { Clock, Timer } from "../packages/protocol/src/clock.ts";

/** Watches how long each file of a run takes. */
export interface FileDeadlines {
  /** Learns from one event of the run which file started or ended. */
  observe(event: TestEvent): void;
}

/** Calls `overdue` with the path of each test file whose process lives longer than `limitMs`. */
export function createFileDeadlines(clock: Clock, limitMs: number, overdue: (file: string) => void): FileDeadlines {
  const running = new Map<string, Timer>();
  return {
    observe(event) {
      if (event.type !== "test:dequeue" && event.type !== "test:complete") return;
      const { name, file } = event.data;
      if (file === undefined || name !== file) return; // node:test reports a whole file as a test named by its path
      running.get(file)?.cancel();
      running.delete(file);
      if (event.type === "test:dequeue")
        running.set(
          file,
          clock.timer(limitMs, () => overdue(file)),
        );
    },
  };
}
