// `npm run bench`: what router and proxy add to calling a model directly, measured side by side in one run.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { systemClock } from "@aimo-network/protocol/clock";
import type { BenchCase } from "./bench-case.ts";
import { CANCEL_LATENCY } from "./cases/cancel-latency.ts";
import { HOSTILE_COMPANY } from "./cases/hostile-company.ts";
import { IDLE_LINKS } from "./cases/idle-links.ts";
import { JSON_AND_STREAMS } from "./cases/json-and-streams.ts";
import { SLOW_READERS } from "./cases/slow-readers.ts";
import { UPLOAD } from "./cases/upload.ts";
import type { Options } from "./options.ts";
import { readOptions } from "./options.ts";
import { findWorse } from "./results/compare.ts";
import type { Figure, Run } from "./results/figures.ts";
import { readRun, writeRun } from "./results/figures.ts";
import { README_FILE, tablesOf, withFigures } from "./results/tables.ts";

const CASES: readonly BenchCase[] = [
  ...JSON_AND_STREAMS,
  UPLOAD,
  CANCEL_LATENCY,
  IDLE_LINKS,
  SLOW_READERS,
  HOSTILE_COMPANY,
];

async function measure(options: Options): Promise<Run> {
  const figures: Figure[] = [];
  const chosen = CASES.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (const one of chosen) {
    const tools = { clock: systemClock, environment: process.env, rounds: options.rounds, say: console.error };
    figures.push(...(await one.measure(tools)));
  }
  const words = process.argv.slice(2).filter((word) => !["--write", "--compare"].includes(word));
  return {
    command: ["npm run bench", ...(words.length === 0 ? [] : ["--"]), ...words].join(" "),
    date: new Date(systemClock.now()).toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores, Node ${process.versions.node}`,
    figures,
  };
}

function write(run: Run): void {
  writeRun(run);
  writeFileSync(README_FILE, withFigures(readFileSync(README_FILE, "utf8"), run));
  console.log("\nWritten to bench/figures.json and bench/README.md.");
}

function compare(run: Run, earlier: Run): void {
  const worse = findWorse(run, earlier);
  if (worse.length === 0) console.log(`\nNo ratio is more than a quarter worse than on ${earlier.date}.`);
  else console.log(`\nWorse than on ${earlier.date}:\n${worse.map((sentence) => `  ${sentence}`).join("\n")}`);
  if (worse.length > 0) process.exitCode = 1;
}

try {
  const options = readOptions(
    process.argv.slice(2),
    CASES.map(({ name }) => name),
  );
  const run = await measure(options);
  console.log(tablesOf(run.figures));
  if (options.compare) compare(run, readRun());
  if (options.write) write(run);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
