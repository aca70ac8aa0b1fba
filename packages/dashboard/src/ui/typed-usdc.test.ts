import assert from "node:assert/strict";
import { test } from "node:test";
import { mostWithdrawable, parsedUsdc } from "./typed-usdc.ts";

test("what is withdrawable is cut to the chain's millionths, never rounded up", () => {
  assert.equal(mostWithdrawable("1.999999999"), 1_999_999n);
  assert.equal(mostWithdrawable("0.000000999"), 0n);
  assert.equal(mostWithdrawable("9007199254.740993"), 9_007_199_254_740_993n);
});

test("a text is an amount of at most six decimals, or none", () => {
  assert.equal(parsedUsdc("1.500000"), 1_500_000n);
  for (const text of ["1,5", "-1", "1e3", "1.0000001", ""]) assert.equal(parsedUsdc(text), undefined, text);
});
