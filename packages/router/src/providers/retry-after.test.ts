// How long a limited provider is left alone: seconds, dates by the clock, bounds, and what is no time at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { RETRY_AFTER_MS_MAX } from "../limits.ts";
import { readRetryAfter, retryAfterMs } from "./retry-after.ts";

const NOW_MS = Date.parse("Sun, 06 Nov 1994 08:49:37 GMT");

function wait(said: unknown): number | undefined {
  return retryAfterMs(readRetryAfter(said), NOW_MS);
}

for (const [said, ms] of [
  ["0", 0],
  ["7", 7_000],
  [" 7 ", 7_000],
  [7, 7_000],
  [0.2, 1_000],
  ["600", RETRY_AFTER_MS_MAX],
  ["601", RETRY_AFTER_MS_MAX],
  ["Sun, 06 Nov 1994 08:49:47 GMT", 10_000],
  ["Sun, 06 Nov 1994 08:49:27 GMT", 0],
  ["Mon, 06 Nov 2094 08:49:37 GMT", RETRY_AFTER_MS_MAX],
  ["", undefined],
  ["soon", undefined],
  ["-7", undefined],
  [-7, undefined],
  [Number.NaN, undefined],
  [Infinity, undefined],
  [{}, undefined],
  [undefined, undefined],
  ["Sun, 41 Nov 1994 08:49:37 GMT", undefined],
] as const) {
  test(`${JSON.stringify(said) ?? "nothing"} is ${ms ?? "no time"}`, () => assert.equal(wait(said), ms));
}

test("whatever is said, it is within its bounds", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double(), fc.stringMatching(/^[0-9]{1,12}$/)), (said) => {
      const ms = wait(said);
      assert.ok(ms === undefined || (ms >= 0 && ms <= RETRY_AFTER_MS_MAX));
    }),
  );
});
