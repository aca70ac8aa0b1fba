// What a run measured, and the committed file `figures.json` that keeps the last run of every table.
import { readFileSync, writeFileSync } from "node:fs";
import type { Spread } from "./spread.ts";
import { spreadOf } from "./spread.ts";

/** One figure: a cell of the tables, and where it is held to something, to what. */
export interface Figure extends Spread {
  /** The table it stands in. */
  readonly table: string;
  /** Its row: what was done. */
  readonly case: string;
  /** Its column: what was measured, with the unit. */
  readonly what: string;
  /** Decimals that are worth showing. */
  readonly digits: number;
  /** Which direction is good; only ratios have one, since only they can be compared between runs. */
  readonly better?: "lower" | "higher";
  /** What its median must not exceed. */
  readonly atMost?: number;
  /** What its median must reach. */
  readonly atLeast?: number;
}

/** A whole run: where it was made, and its figures in the order of the tables. */
export interface Run {
  readonly command: string;
  readonly date: string;
  readonly machine: string;
  readonly figures: readonly Figure[];
}

/** The runs that `--compare` compares with and the tables of README.md show. */
const FIGURES_FILE = new URL("../../figures.json", import.meta.url);

const DIGITS_KEPT = 4; // more would only be noise that changes with every run

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS_KEPT));
}

/** Makes a figure of the rounds' values; throws where a round measured nothing, which no table should hide. */
export function figure(about: Omit<Figure, keyof Spread>, rounds: readonly number[]): Figure {
  if (rounds.length === 0 || rounds.some((value) => !Number.isFinite(value))) {
    throw new Error(`${about.table}: ${about.case}: ${about.what}: expected numbers, found ${rounds.join(", ")}`);
  }
  const { median, min, max } = spreadOf(rounds);
  return { ...about, median: rounded(median), min: rounded(min), max: rounded(max) };
}

/** What tells figures of two runs to be the same one. */
export function nameOf({ table, case: row, what }: Figure): string {
  return `${table}: ${row}: ${what}`;
}

/** The runs with a new one: what it measured again is theirs no more. */
export function keepRun(runs: readonly Run[], run: Run): Run[] {
  const tables = new Set(run.figures.map(({ table }) => table));
  const earlier = runs.map((one) => ({ ...one, figures: one.figures.filter(({ table }) => !tables.has(table)) }));
  return [...earlier.filter(({ figures }) => figures.length > 0), run];
}

/** Reads the committed runs. */
export function readRuns(file: URL = FIGURES_FILE): Run[] {
  return JSON.parse(readFileSync(file, "utf8")) as Run[];
}

/** Writes runs as the committed ones. */
export function writeRuns(runs: readonly Run[], file: URL = FIGURES_FILE): void {
  writeFileSync(file, `${JSON.stringify(runs, undefined, 2)}\n`);
}
