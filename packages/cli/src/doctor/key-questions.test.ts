// When the doctor calls a key good: its end from both sides.
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEY_ENDS_SOON_MS } from "../limits.ts";
import { expiryFinding } from "./key-questions.ts";

const NOW_MS = Date.UTC(2026, 10, 26, 12);

test("a key is good until the moment it ends, and mentioned a week before", () => {
  const ends = (leftMs: number) => expiryFinding(NOW_MS + leftMs, NOW_MS, "make another");
  assert.equal(ends(0).verdict, "bad");
  assert.equal(ends(1).verdict, "good");
  assert.match(ends(1).words, /it ends within a day$/);
  assert.equal(ends(KEY_ENDS_SOON_MS).next, "make another");
  assert.equal(ends(KEY_ENDS_SOON_MS + 1).next, undefined);
  assert.match(ends(KEY_ENDS_SOON_MS).words, /it ends in 7 days$/);
});
