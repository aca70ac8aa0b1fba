import assert from "node:assert/strict";
import { test } from "node:test";
import { madeOffer } from "../test-bed/made-answers.ts";
import { nextStep, tierOf, verdictOf } from "./offer-words.ts";

const offer = (verdict: string, tier: string) => madeOffer({ aimo: { verdict, tier } });

test("verdicts and tiers have a tone and words, and unknown ones are shown as they are", () => {
  assert.deepEqual(
    ["verified", "new", "unverified", "odd", "toString"].map((verdict) => verdictOf(offer(verdict, "good")).tone),
    ["good", "plain", "bad", "plain", "plain"],
  );
  assert.deepEqual(
    ["good", "slow", "degraded", "resting", "outage"].map((tier) => tierOf(offer("verified", tier)).tone),
    ["good", "warn", "warn", "warn", "bad"],
  );
  assert.equal(tierOf(offer("verified", "odd")).word, "odd");
});

test("what a provider can change has a next step, and what is only told has none", () => {
  assert.match(nextStep("withdrawn") ?? "", /config\.toml/);
  assert.equal(nextStep("weighted_by_price"), undefined);
  assert.equal(nextStep("constructor"), undefined);
});
