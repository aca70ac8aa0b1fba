// Prices per token become prices per million, exactly, and the middle one of them is found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { medianPrice, priceText, tokenPrice } from "./token-price.ts";

test("a price per token is told per million, to its last digit", () => {
  assert.equal(priceText(tokenPrice("0.0000001")), "0.1");
  assert.equal(priceText(tokenPrice("0.000000000001")), "0.000001");
  assert.equal(priceText(tokenPrice("0")), "0");
  for (const none of [undefined, "", "free", "-1", "0.0000000000001"]) assert.equal(priceText(tokenPrice(none)), "–");
});

test("the median is a price that somebody asks: the lower of two in the middle", () => {
  const median = (...prices: bigint[]): bigint | undefined => medianPrice(prices.map((each) => microUsdc(each)));
  assert.equal(median(), undefined);
  assert.equal(median(5n), 5n);
  assert.equal(median(9n, 1n), 1n);
  assert.equal(median(10n, 9n, 2n), 9n);
  assert.equal(median(10n, 9n, 2n, 100n), 9n);
});
