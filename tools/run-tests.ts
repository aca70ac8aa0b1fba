// Runs the project's tests: `node tools/run-tests.ts <folder>… [path filter]… [--name <pattern>]…`.
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { relative, resolve } from "node:path";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import type { TestEvent } from "node:test/reporters";
import { parseArgs } from "node:util";
import { systemClock } from "../packages/protocol/src/clock.ts";
import { createFileDeadlines } from "./file-deadlines.ts";
import { findTestFiles } from "./find-test-files.ts";
import { createTestTally } from "./test-tally.ts";

// Longer than the slowest file of e2e needs on a machine with two cores.
const FILE_MS_MAX = 600_000;

const root = process.cwd();
// Every test file and every program that one starts would strip the same types again.
process.env["NODE_COMPILE_CACHE"] ??= resolve(root, "node_modules/.cache/node-compile");
// A person reads every line as it comes; in CI only failures and one line per file are of interest.
const compact = process.env["CI"] === "true";
const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { name: { type: "string", multiple: true } },
});
// The scripts of package.json give folders of the root; what a person adds behind them are filters.
const isFolder = (argument: string): boolean => /^\w+$/.test(argument) && existsSync(resolve(root, argument));
const folders = positionals.filter((argument) => isFolder(argument));
const filters = positionals.filter((argument) => !isFolder(argument));
const names = flags.name ?? [];
const files = findTestFiles(root, folders, filters);
const tally = createTestTally();
const hanging: string[] = [];
let stoppedBy: NodeJS.Signals | undefined;

async function runFiles(): Promise<void> {
  const stop = new AbortController();
  // Ended by a signal, this process must end the test files it started too: they would run on by themselves.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stoppedBy = signal;
      stop.abort();
    });
  }
  const deadlines = createFileDeadlines(systemClock, FILE_MS_MAX, (file) => {
    hanging.push(file);
    stop.abort();
  });
  const events = run({
    files: files.map((file) => resolve(root, file)),
    // A file of e2e starts several processes of its own, which is all that a small machine can run at once.
    concurrency: folders.includes("e2e") ? 1 : availableParallelism(),
    testNamePatterns: names,
    signal: stop.signal,
  }) as AsyncIterable<TestEvent>;
  const reporter = new spec();
  reporter.pipe(process.stdout);
  for await (const event of events) {
    tally.observe(event);
    deadlines.observe(event);
    if (!compact || (event.type !== "test:pass" && event.type !== "test:start")) reporter.write(event);
    if (compact && event.type === "test:summary" && event.data.file !== undefined) {
      const { counts, duration_ms: durationMs, file, success } = event.data;
      const time = `${(durationMs / 1000).toFixed(1)} s`.padStart(8);
      reporter.push(
        `${success ? "ok  " : "FAIL"} ${time} ${`${counts.tests} tests`.padStart(10)}  ${relative(root, file)}\n`,
      );
    }
  }
  reporter.end();
  await finished(reporter);
}

function printSkipped(): void {
  if (tally.skipped.length === 0) return;
  console.log(`\nSkipped (${tally.skipped.length}):`);
  for (const { file, name, reason } of tally.skipped) {
    console.log(`  ${relative(root, file)}: ${name}\n    why: ${reason}`);
  }
}

/** Why the run counts as failed; empty when it passed. */
function faults(): string[] {
  return [
    ...(stoppedBy === undefined ? [] : [`stopped by ${stoppedBy}`]),
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    ...(tally.ran === 0 ? ["no test ran"] : []),
    ...hanging.map((file) => `${relative(root, file)} did not end in ${FILE_MS_MAX / 1000} s, it left something open`),
    // A filter by name leaves files without a test on purpose.
    ...(names.length === 0 ? tally.emptyFiles.map((file) => `${relative(root, file)} holds no test`) : []),
  ];
}

if (files.length > 0) await runFiles();
printSkipped();
const found = faults();
const verdict = found.length === 0 ? "all passed" : found.join("; ");
console.log(`\n${tally.ran} tests ran in ${files.length} files of ${folders.join(", ")}: ${verdict}.`);
process.exitCode = found.length === 0 ? 0 : 1;
