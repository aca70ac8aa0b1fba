import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pricing } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import { costsNoMore } from "./price-beside.ts";

const PRICING: Pricing = { prompt: "1", completion: "2", input_cache_read: "0.5", image: "0.01", request: "0.01" };

function costs(more: Partial<Pricing>, than: Partial<Pricing> = {}): boolean {
  const priced = (pricing: Pricing) => ({ price: parsePricing(pricing) });
  return costsNoMore(priced({ ...PRICING, ...more }), priced({ ...PRICING, ...than }));
}

test("an offer costs no more where no part of its price is higher", () => {
  assert.equal(costs({}), true);
  assert.equal(costs({ prompt: "0.9", completion: "0", request: "0" }), true);
  for (const part of ["prompt", "completion", "input_cache_read", "image", "request"] as const) {
    assert.equal(costs({ [part]: "2.000001" }), false, part);
    assert.equal(costs({}, { [part]: "0" }), false, part);
  }
});

test("without a price for cached tokens they cost what all tokens do", () => {
  const { input_cache_read: _read, ...plain } = PRICING;
  const priced = (pricing: Pricing) => ({ price: parsePricing(pricing) });
  assert.equal(costsNoMore(priced(plain), priced(PRICING)), false);
  assert.equal(costsNoMore(priced(PRICING), priced(plain)), true);
  assert.equal(costsNoMore(priced({ prompt: "1", completion: "2" }), priced({ prompt: "1", completion: "2" })), true);
});
