// The share of requests that may be asked of two providers at once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { HEDGES_SAVED_MAX, REQUESTS_PER_HEDGE } from "../limits.ts";
import { createHedgeBudget } from "./hedge-budget.ts";

test("a hedge takes what twenty requests have earned, and not one less", () => {
  const budget = createHedgeBudget();
  assert.equal(budget.take(), false);
  for (let earned = 1; earned < REQUESTS_PER_HEDGE; earned += 1) budget.earn();
  assert.equal(budget.take(), false);
  budget.earn();
  assert.equal(budget.take(), true);
  assert.equal(budget.take(), false);
});

test("no more than a few are saved up", () => {
  const budget = createHedgeBudget();
  for (let earned = 0; earned < 100 * REQUESTS_PER_HEDGE; earned += 1) budget.earn();
  let taken = 0;
  while (budget.take()) taken += 1;
  assert.equal(taken, HEDGES_SAVED_MAX);
});

test("whoever always asks gets a twentieth", () => {
  const budget = createHedgeBudget();
  let taken = 0;
  for (let request = 0; request < 10_000; request += 1) {
    budget.earn();
    if (budget.take()) taken += 1;
  }
  assert.equal(taken, 10_000 / REQUESTS_PER_HEDGE);
});
