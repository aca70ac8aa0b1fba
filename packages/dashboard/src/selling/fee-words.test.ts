import assert from "node:assert/strict";
import { test } from "node:test";
import { afterFee, durationText, feeWords, settleWords } from "./fee-words.ts";

test("basis points are told in percent", () => {
  assert.deepEqual([feeWords(250), feeWords(0), feeWords(5), feeWords(10_000)], ["2.5 %", "0 %", "0.05 %", "100 %"]);
});

test("what is left after the fee is exact", () => {
  assert.equal(afterFee(1_000_000n, 250), 975_000n);
  assert.equal(afterFee(9_007_199_254_740_993n, 1), 9_006_298_534_815_519n);
  assert.equal(afterFee(39n, 250), 39n, "the fee is cut, not rounded up");
});

test("a duration has its two largest units", () => {
  const cases: [number, string][] = [
    [0, "0 seconds"],
    [1, "1 second"],
    [90, "1 minute 30 seconds"],
    [3_600, "1 hour"],
    [90_061, "1 day 1 hour"],
    [86_460, "1 day"],
    [-5, "0 seconds"],
  ];
  for (const [seconds, words] of cases) assert.equal(durationText(seconds), words);
});

test("a charge is told to be on the chain within whole seconds, and never within none", () => {
  assert.deepEqual([0, 500, 1_000, 1_001, 120_000].map(settleWords), [
    ...["within a second", "within a second", "within a second"],
    ...["within 2 seconds", "within 2 minutes"],
  ]);
});
