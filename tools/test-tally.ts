// What a test run did, counted from the events of `node:test`, so that nothing is skipped in silence.
import type { TestEvent } from "node:test/reporters";

/** A test that did not run, and why. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

/** Everything the runner must say or judge at the end of a run. */
export interface TestTally {
  /** Counts one event of the run. */
  observe(event: TestEvent): void;
  /** Tests that ran and passed or failed; suites and skipped tests are not among them. */
  readonly ran: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
  /** Files that loaded but held no test. */
  readonly emptyFiles: readonly string[];
}

const NO_REASON = "no reason given";

/** Creates an empty tally. */
export function createTestTally(): TestTally {
  let ran = 0;
  let failed = 0;
  const skipped: SkippedTest[] = [];
  const emptyFiles: string[] = [];
  return {
    observe(event) {
      if (event.type !== "test:pass" && event.type !== "test:fail") return;
      const { name, file = "", skip, todo, details } = event.data;
      if (event.type === "test:fail") failed += 1;
      const notRun = skip ?? todo;
      if (notRun !== undefined && notRun !== false) {
        skipped.push({ file, name, reason: typeof notRun === "string" ? notRun : NO_REASON });
      } else if (name === file) {
        if (event.type === "test:pass") emptyFiles.push(file);
      } else if (details.type !== "suite") {
        ran += 1;
      }
    },
    get ran() {
      return ran;
    },
    get failed() {
      return failed;
    },
    skipped,
    emptyFiles,
  };
}
