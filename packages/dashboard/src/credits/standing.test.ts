import assert from "node:assert/strict";
import { test } from "node:test";
import { chainNow, durationWords, isDue, shareForBar } from "./standing.ts";

test("a duration is told in its two largest units", () => {
  const S = 1_000;
  const each = [
    [0, "0 seconds"],
    [-5, "0 seconds"],
    [1, "1 second"],
    [65 * S, "1 minute 5 seconds"],
    [60 * S, "1 minute"],
    [3_600 * S, "1 hour"],
    [(3_600 + 5) * S, "1 hour"],
    [(2 * 86_400 + 3_600) * S, "2 days 1 hour"],
    [(2 * 86_400 + 60) * S, "2 days"],
  ] as const;
  for (const [ms, words] of each) assert.equal(durationWords(ms), words);
});

test("an exit is due by the chain's clock, to the second", () => {
  const exit = { requestedAtMs: 0, dueAtMs: 10_000 };
  const standing = { aheadMs: 4_000 };
  assert.ok(!isDue(exit, chainNow(standing, 5_999)));
  assert.ok(isDue(exit, chainNow(standing, 6_000)));
});

test("a bar is as wide as its share, whatever the amounts", () => {
  assert.equal(shareForBar(1n, 3n), 33);
  assert.equal(shareForBar(2n ** 62n, 2n ** 63n), 50);
  assert.equal(shareForBar(1n, 0n), 0);
});
