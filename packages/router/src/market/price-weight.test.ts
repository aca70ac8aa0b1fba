// Shares by price, in integers, from the cheapest offer to the dearest there can be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import fc from "fast-check";
import { priceWeight } from "./price-weight.ts";

const DEAREST = 1_000_000_000_000n; // a million USDC in micro-USDC

function weight(prompt: bigint, completion = 0n): bigint {
  return priceWeight({ prompt: microUsdc(prompt), completion: microUsdc(completion) });
}

test("twice the price is a quarter of the weight", () => {
  assert.equal(weight(1_000_000n), 4n * weight(2_000_000n));
});

test("below the floor every price weighs the same", () => {
  assert.equal(weight(0n), weight(1_000n));
  assert.ok(weight(1_001n) < weight(1_000n));
});

test("the dearest offer there can be still has a share, and the weight never rises with the price", () => {
  assert.ok(weight(DEAREST, DEAREST) > 0n);
  const price = fc.bigInt({ min: 0n, max: DEAREST - 1n });
  fc.assert(
    fc.property(price, price, (prompt, completion) => weight(prompt + 1n, completion) <= weight(prompt, completion)),
  );
});
