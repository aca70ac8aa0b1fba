import assert from "node:assert/strict";
import { test } from "node:test";
import { laterHalf, slopeOf } from "./slope.ts";

test("the slope of a straight line is its own, wherever it starts", () => {
  const points = [1000, 1001, 1002, 1007].map((at) => ({ at, value: 5 - 3 * at }));
  assert.equal(slopeOf(points), -3);
});

test("noise around a level is no growth", () => {
  const values = [4, 6, 6, 4, 4, 6, 6, 4];
  assert.equal(slopeOf(values.map((value, at) => ({ at, value }))), 0);
});

test("one place has no slope", () => {
  assert.ok(Number.isNaN(slopeOf([{ at: 1, value: 2 }])));
});

test("what grew in the earlier half only does not count", () => {
  const points = [0, 50, 90, 100, 100, 100, 100, 100].map((value, at) => ({ at, value }));
  assert.equal(slopeOf(laterHalf(points)), 0);
  assert.ok(slopeOf(points) > 5);
});
