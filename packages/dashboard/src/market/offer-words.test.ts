import assert from "node:assert/strict";
import { test } from "node:test";
import { perMillion } from "../ui/amount-text.ts";
import { extraPrices, offerWords } from "./offer-words.ts";

const wordsOf = (status: number, verdict: string, tier: string): readonly string[] =>
  offerWords({ status, aimo: { verdict, tier } }).map(({ words }) => words);

test("a good offer has its verdict alone; one that is not good says why", () => {
  assert.deepEqual(wordsOf(0, "verified", "good"), ["Verified"]);
  assert.deepEqual(wordsOf(0, "new", "good"), ["Not examined yet"]);
  assert.deepEqual(wordsOf(-1, "verified", "slow"), ["Verified", "Slow"]);
  assert.deepEqual(wordsOf(-2, "verified", "outage"), ["Verified", "Outage"]);
  assert.deepEqual(wordsOf(-3, "unverified", "good"), ["Unverified"]);
  assert.deepEqual(wordsOf(-3, "new", "good"), ["Not examined yet", "By its tag only"]);
});

test("a word that a newer router says is shown as it is", () => {
  assert.deepEqual(wordsOf(0, "praised", "splendid"), ["praised"]);
});

test("prices beside those of tokens are shown where they are not zero", () => {
  assert.deepEqual(extraPrices({ request: "0", image: "0.000" }, perMillion), []);
  assert.deepEqual(extraPrices({ request: "0.01", image: "0.002", input_cache_read: "0.0000001" }, perMillion), [
    { name: "Cached input", usdc: "0.1", per: "million tokens" },
    { name: "Request", usdc: "0.01", per: "request" },
    { name: "Image", usdc: "0.002", per: "image" },
  ]);
});
