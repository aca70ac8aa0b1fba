// The bound on bytes held at a time, at its edge.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createByteBudget } from "./byte-budget.ts";

test("a budget takes up to its limit and no byte more", () => {
  const budget = createByteBudget(10);
  assert.equal(budget.reserve(10), true);
  assert.equal(budget.reserve(1), false);
  assert.equal(budget.usedBytes, 10);
  budget.release(1);
  assert.equal(budget.reserve(2), false);
  assert.equal(budget.reserve(1), true);
});

test("what is refused reserves nothing, so that releasing what was taken leaves an empty budget", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20)), (wishes) => {
      const budget = createByteBudget(50);
      const taken = wishes.filter((bytes) => budget.reserve(bytes));
      assert.ok(budget.usedBytes <= 50);
      for (const bytes of taken) budget.release(bytes);
      assert.equal(budget.usedBytes, 0);
    }),
  );
});
