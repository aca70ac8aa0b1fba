import assert from "node:assert/strict";
import { test } from "node:test";
import { findWorse, judgeBounds } from "./compare.ts";
import type { Figure, Run } from "./figures.ts";

function run(median: number, more: Partial<Figure> = {}): Run {
  const one = { table: "t", case: "c", what: "w", digits: 2, median, min: median, max: median, ...more };
  return { command: "bench", date: "2026-01-01", machine: "m", figures: [one] };
}

test("a ratio a quarter worse passes, one worse than that is named, in either direction", () => {
  const lower = { better: "lower" } as const;
  assert.deepEqual(findWorse(run(5, lower), [run(4, lower)]), []);
  assert.deepEqual(findWorse(run(5.01, lower), [run(4, lower)]), ["t: c: w: 5.01, was 4.00, 25 % worse"]);
  assert.deepEqual(findWorse(run(1, lower), [run(4, lower)]), []);
  const higher = { better: "higher" } as const;
  assert.deepEqual(findWorse(run(0.4, higher), [run(0.5, higher)]), []);
  assert.deepEqual(findWorse(run(0.39, higher), [run(0.5, higher)]), ["t: c: w: 0.39, was 0.50, 28 % worse"]);
});

test("a figure that is no ratio is not compared", () => {
  assert.deepEqual(findWorse(run(100), [run(1)]), []);
});

test("a bound that was kept and is not any more is named, one missed before is not", () => {
  const bound = { atMost: 4 };
  assert.deepEqual(findWorse(run(4.5, bound), [run(4, bound)]), ["t: c: w: 4.50, was 4.00, must be at most 4"]);
  assert.deepEqual(findWorse(run(4, bound), [run(4, bound)]), []);
  assert.deepEqual(findWorse(run(9, bound), [run(5, bound)]), []);
});

test("a bound from below is held to like one from above", () => {
  const bound = { atLeast: 8 };
  assert.deepEqual(findWorse(run(7, bound), [run(8, bound)]), ["t: c: w: 7.00, was 8.00, must be at least 8"]);
  assert.deepEqual(judgeBounds(run(8, bound).figures), ["kept: t: c: w is 8.00, at least 8"]);
  assert.deepEqual(judgeBounds(run(7.9, bound).figures), ["MISSED: t: c: w is 7.90, at least 8"]);
});

test("a ratio that was not measured breaks its comparison", () => {
  const lower = { better: "lower" } as const;
  assert.equal(findWorse(run(Number.NaN, lower), [run(4, lower)]).length, 1);
  assert.equal(findWorse(run(Number.NaN, { atMost: 4 }), [run(4, { atMost: 4 })]).length, 1);
});

test("what is to be compared and missing in the committed figures is named", () => {
  assert.match(findWorse(run(1, { better: "lower" }), [run(1, { case: "other" })]).join("\n"), /^t: c: w: not in/);
  assert.deepEqual(findWorse(run(1), [run(1, { case: "other" })]), []);
});

test("bounds say whether they are kept", () => {
  assert.deepEqual(judgeBounds(run(4, { atMost: 4 }).figures), ["kept: t: c: w is 4.00, at most 4"]);
  assert.deepEqual(judgeBounds(run(4.1, { atMost: 4 }).figures), ["MISSED: t: c: w is 4.10, at most 4"]);
  assert.deepEqual(judgeBounds(run(4).figures), []);
});
