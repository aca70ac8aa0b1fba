import assert from "node:assert/strict";
import { test } from "node:test";
import { readTypedAmount, readTypedDays } from "./amount-input.ts";

test("an amount is read to the last of its six digits", () => {
  assert.deepEqual(readTypedAmount("1.50"), { amount: 1_500_000n });
  assert.deepEqual(readTypedAmount(" 0.000001 "), { amount: 1n });
  assert.deepEqual(readTypedAmount("9007199254.740993"), { amount: 9_007_199_254_740_993n });
});

test("what is no amount is told with what was expected and what was found", () => {
  for (const typed of ["", "1,5", "1e3", "-1", "+1", "0.0000001", "1.", ".5", "1 000", "0x10", "NaN", "٣"]) {
    const { fault } = readTypedAmount(typed);
    assert.match(
      fault ?? "",
      /^Expected an amount such as 1\.50, with at most six decimals; found (?:nothing|“.*”)\.$/,
    );
  }
  assert.ok((readTypedAmount("x".repeat(500)).fault ?? "").length < 150);
});

test("bounds are told with both amounts", () => {
  assert.equal(readTypedAmount("0").fault, "Expected more than 0 USDC.");
  assert.deepEqual(readTypedAmount("0", { mayBeZero: true }), { amount: 0n });
  assert.equal(readTypedAmount("0.5", { least: 1_000_000n }).fault, "Expected at least 1 USDC, found 0.5 USDC.");
  assert.equal(
    readTypedAmount("5.000001", { most: 5_000_000n, mostIs: "in your wallet" }).fault,
    "Expected at most 5 USDC, which is all that is in your wallet; found 5.000001 USDC.",
  );
  assert.deepEqual(readTypedAmount("5", { most: 5_000_000n }), { amount: 5_000_000n });
});

test("days are whole and within their bound", () => {
  assert.equal(readTypedDays("365", 9_999), 365);
  for (const typed of ["", "0", "1.5", "-1", "10000", "007"]) assert.equal(readTypedDays(typed, 9_999), undefined);
});
