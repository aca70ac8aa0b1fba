import assert from "node:assert/strict";
import { test } from "node:test";
import { speedBucket, SPEED_BUCKETS, Speeds } from "./speeds.ts";

test("every measurement has a bucket, and what is none has none", () => {
  assert.equal(speedBucket("first_output", 0), 0);
  assert.equal(speedBucket("first_output", 1e12), SPEED_BUCKETS - 1);
  assert.equal(speedBucket("tokens", 0.001), 0);
  for (const value of [undefined, Number.NaN, -1]) assert.equal(speedBucket("tokens", value), undefined);
  let last = 0;
  for (let value = 1; value < 600_000; value *= 1.1) {
    const bucket = speedBucket("first_output", value) ?? -1;
    assert.ok(bucket >= last);
    last = bucket;
  }
  assert.ok(last < SPEED_BUCKETS - 1, "ten minutes are within");
});

test("one value measured five times is its own percentile, within an eighth, whatever it is", () => {
  for (const [kind, most] of [
    ["first_output", 600_000],
    ["tokens", 100_000],
  ] as const) {
    for (let value = 1; value < most; value *= 1.07) {
      const speeds = new Speeds(kind);
      speeds.set(1, speedBucket(kind, value) ?? 0, 5);
      const { p50, p99 } = speeds.percentiles(1) ?? { p50: 0, p99: 0 };
      assert.equal(p50, p99);
      assert.ok(Math.abs(p50 / value - 1) <= 0.125, `${kind}: ${value} became ${p50}`);
    }
  }
});
