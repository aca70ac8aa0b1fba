// What answers cost, by hand-computed numbers, and which prices are refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Value } from "typebox/value";
import { isAimoError } from "./errors.ts";
import { microUsdc } from "./money.ts";
import { cost, formatPricing, parsePricing, PricingSchema } from "./price.ts";
import type { Price } from "./price.ts";
import type { Usage } from "./usage.ts";

function usage(counts: Partial<Usage>): Usage {
  return {
    promptTokens: 0,
    completionTokens: 0,
    cachedTokens: 0,
    reasoningTokens: 0,
    promptAudioTokens: 0,
    completionAudioTokens: 0,
    ...counts,
  };
}

const price = parsePricing({ prompt: "2.5", completion: "10" });

test("tokens cost their price per million: 10 at 2.5 and 8 at 10 USDC make 0.000105 USDC", () => {
  // 10 × 2.5 + 8 × 10 = 105 micro-USDC = 105,000 nano-USDC
  assert.equal(cost(price, usage({ promptTokens: 10, completionTokens: 8 })), 105_000n);
});

test("the sum is rounded up once: three parts of a third of a nano-USDC each cost one", () => {
  // Each part is 333 or 334 pico-USDC; rounded up one by one they would cost 3 nano-USDC.
  const tiny: Price = { prompt: microUsdc(333n), completion: microUsdc(334n), inputCacheRead: microUsdc(333n) };
  assert.equal(cost(tiny, usage({ promptTokens: 2, completionTokens: 1, cachedTokens: 1 })), 1n);
  const above: Price = { ...tiny, completion: microUsdc(335n) };
  assert.equal(cost(above, usage({ promptTokens: 2, completionTokens: 1, cachedTokens: 1 })), 2n);
});

test("the smallest price of one token costs a whole nano-USDC, and nothing costs nothing", () => {
  const smallest = parsePricing({ prompt: "0.000001", completion: "0" });
  assert.equal(cost(smallest, usage({ promptTokens: 1 })), 1n);
  assert.equal(cost(smallest, usage({ promptTokens: 1_000 })), 1n);
  assert.equal(cost(smallest, usage({ promptTokens: 1_001 })), 2n);
  assert.equal(cost(smallest, usage({ completionTokens: 1_000_000 })), 0n);
  assert.equal(cost(price, usage({})), 0n);
});

test("cached tokens cost their own price, within the prompt and not besides it", () => {
  // 60 × 2.5 + 40 × 0.25 + 5 × 10 = 150 + 10 + 50 = 210 micro-USDC
  const cachedPrice: Price = { ...price, inputCacheRead: microUsdc(250_000n) };
  const counts = usage({ promptTokens: 100, cachedTokens: 40, completionTokens: 5 });
  assert.equal(cost(cachedPrice, counts), 210_000n);
  // 100 × 2.5 + 5 × 10 = 300: without a price for the cache they are prompt tokens like any other
  assert.equal(cost(price, counts), 300_000n);
  assert.equal(cost({ ...price, inputCacheRead: microUsdc(0n) }, counts), 200_000n);
});

test("reasoning and audio tokens are inside their sides and cost nothing besides", () => {
  const counts = usage({
    promptTokens: 10,
    completionTokens: 8,
    reasoningTokens: 7,
    promptAudioTokens: 3,
    completionAudioTokens: 1,
  });
  assert.equal(cost(price, counts), 105_000n);
});

test("images and the request cost micro-USDC each", () => {
  // 105 + 3 × 1,500 + 200 = 4,805 micro-USDC
  const rich = parsePricing({ prompt: "2.5", completion: "10", image: "0.0015", request: "0.0002" });
  const counts = usage({ promptTokens: 10, completionTokens: 8 });
  assert.equal(cost(rich, counts, 3), 4_805_000n);
  assert.equal(cost(rich, counts), 305_000n);
  assert.equal(cost(price, counts, 3), 105_000n);
});

test("nine billion tokens at the dearest price still have a cost, and what no answer can use has none", () => {
  const dearest = parsePricing({ prompt: "1000000", completion: "1000000" });
  assert.equal(cost(dearest, usage({ promptTokens: 9_000_000_000 })), 9_000_000_000_000_000_000n);
  assert.throws(
    () => cost(dearest, usage({ promptTokens: Number.MAX_SAFE_INTEGER })),
    (error) => isAimoError(error, "invalid_amount"),
  );
});

test("more cached tokens than prompt tokens never make a negative cost", () => {
  const free: Price = { ...price, inputCacheRead: microUsdc(0n) };
  assert.throws(
    () => cost(free, usage({ promptTokens: 1, cachedTokens: 2 })),
    (error) => isAimoError(error, "invalid_amount"),
  );
});

test("a cost covers the exact sum by less than one nano-USDC, and two answers at once cost no more than apart", () => {
  const tokens = fc.integer({ min: 0, max: 10_000_000 });
  const rate = fc.bigInt({ min: 0n, max: 1_000_000_000n }).map(microUsdc);
  fc.assert(
    fc.property(
      tokens,
      tokens,
      tokens,
      tokens,
      rate,
      rate,
      (prompt1, completion1, prompt2, completion2, prompt, completion) => {
        const sold: Price = { prompt, completion };
        const first = cost(sold, usage({ promptTokens: prompt1, completionTokens: completion1 }));
        const pico = BigInt(prompt1) * prompt + BigInt(completion1) * completion;
        assert(first * 1_000n >= pico && first * 1_000n < pico + 1_000n);
        const second = cost(sold, usage({ promptTokens: prompt2, completionTokens: completion2 }));
        const both = cost(
          sold,
          usage({ promptTokens: prompt1 + prompt2, completionTokens: completion1 + completion2 }),
        );
        assert(both <= first + second && first + second - both <= 1n);
      },
    ),
  );
});

test("prices read back as they were written, and absent ones stay absent", () => {
  const rate = fc.bigInt({ min: 0n, max: 10n ** 12n }).map(microUsdc);
  const prices = fc.record(
    { prompt: rate, completion: rate, inputCacheRead: rate, image: rate, request: rate },
    { requiredKeys: ["prompt", "completion"], noNullPrototype: true },
  );
  fc.assert(
    fc.property(prices, (value) => {
      const written = formatPricing(value);
      assert(Value.Check(PricingSchema, written));
      assert.deepEqual(parsePricing(written), value);
    }),
  );
});

test("a price that is negative, over-precise, exponential or absurd is refused by name or by schema", () => {
  for (const prompt of ["-1", "1e3", "0.0000001", "NaN", "Infinity", "", "1000000.000001", "9".repeat(13)]) {
    assert.throws(
      () => parsePricing({ prompt, completion: "1" }),
      (error) => isAimoError(error, "invalid_amount"),
      prompt,
    );
  }
  assert.throws(
    () => parsePricing({ prompt: "1", completion: "1", image: "1000000.000001" }),
    /`image` of at most 1000000 USDC/,
  );
  const valid = { prompt: "2.5", completion: "10" };
  assert.equal(Value.Check(PricingSchema, valid), true);
  for (const hostile of [
    { ...valid, prompt: 2.5 },
    { ...valid, prompt: "-1" },
    { ...valid, prompt: "1e3" },
    { ...valid, extra: "1" },
    { prompt: "1" },
  ]) {
    assert.equal(Value.Check(PricingSchema, hostile), false, JSON.stringify(hostile));
  }
});
