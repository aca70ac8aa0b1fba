import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Figure, Run } from "./figures.ts";
import { figure, keepRun, readRuns } from "./figures.ts";
import { README_FILE, tablesOf, withFigures } from "./tables.ts";

function one(row: string, what: string, rounds: readonly number[], more: Partial<Figure> = {}): Figure {
  return figure({ table: "Speed", case: row, what, digits: 1, ...more }, rounds);
}

function run(figures: readonly Figure[]): Run {
  return { command: "npm run bench", date: "2026-01-01", machine: "2 cores", figures };
}

test("README.md shows the figures of figures.json", () => {
  const document = readFileSync(README_FILE, "utf8");
  assert.equal(document, withFigures(document, readRuns()));
});

test("a table has a row for each case and a column for each thing measured", () => {
  const figures = [one("json", "ms", [1, 2, 9]), one("json", "ratio", [0.5]), one("streams", "ratio", [0.25, 0.75])];
  const expected = [
    "### Speed",
    "",
    "| case    | ms            | ratio         |",
    "| ------- | ------------- | ------------- |",
    "| json    | 2.0 (1.0–9.0) | 0.5 (0.5–0.5) |",
    "| streams |               | 0.5 (0.3–0.8) |",
  ];
  assert.equal(tablesOf(figures), expected.join("\n"));
});

test("bounds are listed below the tables with what became of them", () => {
  assert.match(tablesOf([one("json", "ms", [5], { atMost: 4 })]), /\n- MISSED: Speed: json: ms is 5\.0, at most 4\.$/);
});

test("only the part between the marks is replaced, and a document without them is refused", () => {
  const document = readFileSync(README_FILE, "utf8");
  const other = withFigures(document, [run([one("json", "ms", [5])])]);
  assert.ok(other.includes("5.0 (5.0–5.0)"));
  assert.equal(withFigures(other, readRuns()), document);
  assert.throws(() => withFigures("# Measurements\n", readRuns()), /no place for figures/);
});

test("a figure is the spread of its rounds, and of nothing measured there is none", () => {
  assert.deepEqual(one("json", "ms", [3, 1.23456, 2]), {
    table: "Speed",
    case: "json",
    what: "ms",
    digits: 1,
    median: 2,
    min: 1.235,
    max: 3,
  });
  assert.throws(() => one("json", "ms", []), /expected numbers, found $/);
  assert.throws(() => one("json", "ms", [1, Number.NaN]), /expected numbers, found 1, NaN/);
});

test("a run takes the place of what it measured again, and what it did not stays with the run that did", () => {
  const [json, streams] = [one("json", "ms", [5]), one("streams", "ms", [6], { table: "Other" })];
  const [old, half] = [run([json, streams]), run([one("json", "ms", [4])])];
  assert.deepEqual(keepRun([old], half), [run([streams]), half]);
  assert.deepEqual(keepRun([run([streams]), half], old), [old]);
  const document = withFigures(readFileSync(README_FILE, "utf8"), keepRun([old], half));
  assert.match(document, /### Other\n[^]*6\.0[^]*2026-01-01[^]*### Speed\n[^]*4\.0/);
});
