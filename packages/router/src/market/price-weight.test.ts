// Shares by price, from the cheapest offer to the dearest there can be, and every fee counted in.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import fc from "fast-check";
import { comparedPrice, priceWeight } from "./price-weight.ts";

const DEAREST = 1_000_000_000_000n; // a million USDC in micro-USDC

function price(prompt: bigint, completion = 0n, more: Partial<Price> = {}): Price {
  return { prompt: microUsdc(prompt), completion: microUsdc(completion), ...more };
}

function weight(prompt: bigint, completion = 0n, more: Partial<Price> = {}): number {
  return priceWeight(comparedPrice(price(prompt, completion, more), false));
}

test("twice the price is a quarter of the weight", () => {
  assert.equal(weight(1_000_000n), 4 * weight(2_000_000n));
});

test("below the floor every price weighs the same", () => {
  assert.equal(weight(0n), weight(1_000n));
  assert.ok(weight(1_001n) < weight(1_000n));
});

test("the dearest offer there can be still has a share, and the weight never rises with the price", () => {
  assert.ok(weight(DEAREST, DEAREST) > 0);
  const amount = fc.bigInt({ min: 0n, max: DEAREST - 1n });
  fc.assert(
    fc.property(amount, amount, (prompt, completion) => weight(prompt + 1n, completion) <= weight(prompt, completion)),
  );
});

test("free tokens do not hide a fee for each request, nor a dear price for cached tokens", () => {
  const plain = weight(1_000_000n, 1_000_000n);
  assert.ok(
    weight(0n, 0n, { request: microUsdc(3_000n) }) < plain,
    "0.003 USDC a request is more than 2 USDC a million",
  );
  assert.equal(weight(0n, 0n, { request: microUsdc(2_000n) }), plain, "2,000 requests of a thousand tokens");
  assert.equal(weight(0n, 1_000_000n, { inputCacheRead: microUsdc(1_000_000n) }), plain);
});

test("a fee for images counts for requests that have some, and for no others", () => {
  const withFee = price(1_000_000n, 1_000_000n, { image: microUsdc(2_000n) });
  assert.equal(comparedPrice(withFee, false), comparedPrice(price(1_000_000n, 1_000_000n), false));
  assert.equal(comparedPrice(withFee, true), 2 * comparedPrice(withFee, false));
});
