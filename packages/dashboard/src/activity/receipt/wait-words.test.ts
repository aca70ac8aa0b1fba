import assert from "node:assert/strict";
import { test } from "node:test";
import { waitWords } from "./wait-words.ts";

test("who waits is told how long at most", () => {
  assert.match(waitWords(undefined, 0), /does not say how soon/);
  assert.match(waitWords(1_000, 1_000), /^It is due/);
  assert.equal(waitWords(1_001, 1_000), "It settles within 1 second.");
  assert.equal(waitWords(120_000, 1_000), "It settles within 119 seconds.");
  assert.equal(waitWords(600_000, 0), "It settles within 10 minutes.");
});
