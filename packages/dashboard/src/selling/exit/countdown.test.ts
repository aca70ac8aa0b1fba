import assert from "node:assert/strict";
import { test } from "node:test";
import { momentOf, secondsUntil, waitWords } from "./countdown.ts";

const READING = { chainSeconds: 1_000n, readAtMs: 5_000_000 };

test("a countdown goes on between two readings of the chain, and stops at nothing", () => {
  assert.equal(secondsUntil(1_010n, READING, 5_000_000), 10n);
  assert.equal(secondsUntil(1_010n, READING, 5_003_999), 7n);
  assert.equal(secondsUntil(1_010n, READING, 5_010_000), 0n);
  assert.equal(secondsUntil(1_010n, READING, 9_000_000), 0n);
});

test("a machine whose clock was set back waits longer, not shorter", () => {
  assert.equal(secondsUntil(1_010n, READING, 4_000_000), 10n);
});

test("a moment is told by this machine's clock, whatever the chain's says", () => {
  assert.equal(momentOf(1_060n, READING), new Date(5_060_000).toISOString());
  assert.equal(momentOf(2n ** 63n, READING), "", "a moment that no calendar has");
});

test("the wait is told in words", () => {
  assert.equal(waitWords(0n), "any moment now");
  assert.equal(waitWords(90_000n), "in 1 day 1 hour");
});
