// `npm run bench`: what router and proxy add to calling a model directly, measured side by side in one run.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { systemClock } from "@aimo-network/protocol/clock";
import { measureAgainst } from "./against.ts";
import type { BenchCase, BenchTools } from "./bench-case.ts";
import { CANCEL_LATENCY } from "./cases/cancel-latency.ts";
import { CHOICE } from "./cases/choice.ts";
import { CONSOLE_FIRST_CONTENT } from "./cases/console-first-content.ts";
import { DEPOSIT } from "./cases/deposit.ts";
import { HOSTILE_COMPANY } from "./cases/hostile-company.ts";
import { IDLE_LINKS } from "./cases/idle-links.ts";
import { JSON_AND_STREAMS } from "./cases/json-and-streams.ts";
import { LEDGER } from "./cases/ledger.ts";
import { MODEL_LISTS } from "./cases/model-lists.ts";
import { PROVIDER_GUIDE } from "./cases/provider-guide.ts";
import { shapeToProfile } from "./cases/shapes.ts";
import { SETTLEMENT } from "./cases/settlement.ts";
import { SLOW_READERS } from "./cases/slow-readers.ts";
import { START_UP } from "./cases/start-up.ts";
import { UPLOAD } from "./cases/upload.ts";
import type { Options } from "./options.ts";
import { optionsHelp, readOptions } from "./options.ts";
import { profile } from "./profile.ts";
import { findWorse } from "./results/compare.ts";
import type { Figure, Run } from "./results/figures.ts";
import { keepRun, readRuns, writeRuns } from "./results/figures.ts";
import { README_FILE, tablesOf, withFigures } from "./results/tables.ts";
import { runSoak } from "./soak.ts";

const CASES: readonly BenchCase[] = [
  ...JSON_AND_STREAMS,
  LEDGER,
  UPLOAD,
  CANCEL_LATENCY,
  IDLE_LINKS,
  SLOW_READERS,
  HOSTILE_COMPANY,
  DEPOSIT,
  SETTLEMENT,
  CHOICE,
  MODEL_LISTS,
  START_UP,
  PROVIDER_GUIDE,
  CONSOLE_FIRST_CONTENT,
];

async function measure(options: Options, tools: BenchTools): Promise<Run> {
  const figures: Figure[] = [];
  const chosen = CASES.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  for (const one of chosen) {
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
  const runs = keepRun(readRuns(), run);
  writeRuns(runs);
  writeFileSync(README_FILE, withFigures(readFileSync(README_FILE, "utf8"), runs));
  console.log("\nWritten to bench/figures.json and bench/README.md.");
}

function compare(run: Run, earlier: readonly Run[]): void {
  const worse = findWorse(run, earlier);
  if (worse.length === 0) console.log("\nNo ratio is more than a quarter worse than the committed one.");
  else console.log(`\nWorse than the committed figures:\n${worse.map((sentence) => `  ${sentence}`).join("\n")}`);
  if (worse.length > 0) process.exitCode = 1;
}

async function measureAndReport(options: Options, tools: BenchTools): Promise<void> {
  const run = await measure(options, tools);
  console.log(tablesOf(run.figures));
  if (options.compare) compare(run, readRuns());
  if (options.write) write(run);
}

async function profileSubject({ only: [subject = "json"] }: Options, tools: BenchTools): Promise<string[]> {
  const shape = shapeToProfile(subject);
  if (shape === undefined) throw new Error(`--cpu-prof: expected --only json, streams or prompts, found ${subject}`);
  return await profile(tools, shape);
}

try {
  const subjects = CASES.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), subjects);
  const { rounds, fullTables } = options;
  const tools = { clock: systemClock, environment: process.env, rounds, fullTables, say: console.error };
  if (options.help) console.log(optionsHelp(subjects));
  else if (options.soak) console.log((await runSoak(tools)).join("\n"));
  else if (options.cpuProfile) console.log((await profileSubject(options, tools)).join("\n"));
  else if (options.against !== undefined)
    console.log(tablesOf(await measureAgainst(tools, options.against, options.only)));
  else await measureAndReport(options, tools);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
