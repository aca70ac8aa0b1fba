import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { percentile, spreadOf } from "./spread.ts";

test("a percentile is a measured value at its nearest rank", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(hundred, 0.5), 50);
  assert.equal(percentile(hundred, 0.99), 99);
  assert.equal(percentile(hundred, 1), 100);
  assert.equal(percentile(hundred, 0), 1);
  assert.equal(percentile([7], 0.99), 7);
  assert.equal(percentile([1, 2, 3], 0.99), 3);
});

test("nothing measured has no percentile and no median", () => {
  assert.ok(Number.isNaN(percentile([], 0.5)));
  assert.ok(Number.isNaN(spreadOf([]).median));
});

test("a percentile is exceeded by no more than its share says", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (numbers, share) => {
        const found = percentile(numbers, share);
        const notAbove = numbers.filter((one) => one <= found).length;
        return numbers.includes(found) && notAbove >= numbers.length * share;
      },
    ),
  );
});

test("a spread is the median with the smallest and the largest, whatever the order", () => {
  assert.deepEqual(spreadOf([9, 1, 5]), { median: 5, min: 1, max: 9 });
  assert.deepEqual(spreadOf([10, 9, 1, 2]), { median: 5.5, min: 1, max: 10 });
});
