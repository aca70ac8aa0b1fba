// Moments in words, on both sides of each unit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dayText, exactTime, relativeTime } from "./time-text.ts";

const NOW = "2026-11-26T16:20:05.000Z";
const NOW_MS = Date.parse(NOW);

function at(awayMs: number): string {
  return relativeTime(new Date(NOW_MS + awayMs).toISOString(), NOW_MS);
}

test("a moment is told in its largest whole unit, before and after now", () => {
  for (const [awayMs, words] of [
    [0, "just now"],
    [-59_999, "just now"],
    [59_999, "in less than a minute"],
    [-60_000, "1 minute ago"],
    [-3_599_999, "59 minutes ago"],
    [-3_600_000, "1 hour ago"],
    [-86_400_000, "1 day ago"],
    [7 * 86_400_000, "in 7 days"],
    [-30 * 86_400_000, "1 month ago"],
    [366 * 86_400_000, "in 1 year"],
  ] as const) {
    assert.equal(at(awayMs), words);
  }
});

test("the exact time and the day are by UTC, and what is no time is said to be none", () => {
  assert.equal(exactTime("2026-11-26T23:59:59.999Z"), "2026-11-26 23:59:59 UTC");
  assert.equal(dayText("2026-11-26T23:59:59.999Z"), "26 Nov 2026");
  assert.deepEqual(
    [exactTime("soon"), dayText("soon"), relativeTime("soon", NOW_MS)],
    ["unknown", "unknown", "at an unknown time"],
  );
});
