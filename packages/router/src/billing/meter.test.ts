// Cost as text: exact to the last digit of a nano-USDC, rounded up once.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Pricing } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import type { Usage } from "@aimo-network/protocol/usage";
import fc from "fast-check";
import { meter, usageJson } from "./meter.ts";

const NOTHING: Usage = {
  promptTokens: 0,
  completionTokens: 0,
  cachedTokens: 0,
  reasoningTokens: 0,
  promptAudioTokens: 0,
  completionAudioTokens: 0,
};

function costText(pricing: Pricing, usage: Partial<Usage>, images = 0): string | undefined {
  const metered = meter(parsePricing(pricing), { ...NOTHING, ...usage }, images);
  return metered === undefined ? undefined : /"cost":([^}]*)\}$/.exec(usageJson(metered))?.[1];
}

describe("the cost of an answer is", () => {
  for (const [name, pricing, usage, images, text] of [
    ["nothing for nothing", { prompt: "1", completion: "1" }, {}, 0, "0"],
    ["nothing at no price", { prompt: "0", completion: "0" }, { promptTokens: 9, completionTokens: 9 }, 0, "0"],
    ["a nano-USDC for any part of one", { prompt: "0.000001", completion: "0" }, { promptTokens: 1 }, 0, "0.000000001"],
    ["not a nano-USDC more than it is", { prompt: "0.001", completion: "0" }, { promptTokens: 1 }, 0, "0.000000001"],
    [
      "rounded up once, over all its parts",
      { prompt: "0.0004", completion: "0.0006" },
      { promptTokens: 1, completionTokens: 1 },
      0,
      "0.000000001",
    ],
    [
      "that of the guide's sample",
      { prompt: "1", completion: "2" },
      { promptTokens: 10, completionTokens: 8 },
      0,
      "0.000026",
    ],
    [
      "less where tokens were cached",
      { prompt: "1", completion: "0", input_cache_read: "0.1" },
      { promptTokens: 10, cachedTokens: 4 },
      0,
      "0.0000064",
    ],
    [
      "the same where the cache has no price",
      { prompt: "1", completion: "0" },
      { promptTokens: 10, cachedTokens: 4 },
      0,
      "0.00001",
    ],
    [
      "reasoning as part of the completion",
      { prompt: "0", completion: "1" },
      { completionTokens: 10, reasoningTokens: 7 },
      0,
      "0.00001",
    ],
    [
      "by the image and by the request",
      { prompt: "0", completion: "0", image: "0.25", request: "0.000001" },
      {},
      3,
      "0.750001",
    ],
    ["whole where it is whole", { prompt: "1000000", completion: "0" }, { promptTokens: 1_000_000 }, 0, "1000000"],
    [
      "exact above what a float holds",
      { prompt: "123456.789123", completion: "0" },
      { promptTokens: 7_000_000_007 },
      0,
      "864197524.725197524",
    ],
  ] as const) {
    test(`${name}: ${text}`, () => assert.equal(costText(pricing, usage, images), text));
  }

  test("unknown without usage", () => {
    assert.equal(meter(parsePricing({ prompt: "1", completion: "1" }), undefined, 0), undefined);
  });

  test("unknown where no amount could hold it", () => {
    const most = { promptTokens: Number.MAX_SAFE_INTEGER, completionTokens: Number.MAX_SAFE_INTEGER };
    assert.equal(costText({ prompt: "2", completion: "2" }, most), undefined);
    assert.equal(costText({ prompt: "0", completion: "0", image: "1000000" }, {}, 10_000_000), undefined);
  });

  test("the exact sum rounded up, for any usage", () => {
    const price = fc.integer({ min: 0, max: 10_000_000 });
    const tokens = fc.integer({ min: 0, max: 10_000_000 });
    fc.assert(
      fc.property(price, price, tokens, tokens, (prompt, completion, promptTokens, completionTokens) => {
        const decimal = (micro: number): string => `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, "0")}`;
        const text =
          costText({ prompt: decimal(prompt), completion: decimal(completion) }, { promptTokens, completionTokens }) ??
          "";
        const pico = BigInt(prompt) * BigInt(promptTokens) + BigInt(completion) * BigInt(completionTokens);
        const [whole = "", fraction = ""] = text.split(".");
        assert.equal(BigInt(whole + fraction.padEnd(9, "0")), (pico + 999n) / 1000n);
      }),
    );
  });
});

test("usage is shown in OpenRouter's shape, its cost null while it is not charged", () => {
  const usage: Usage = {
    promptTokens: 10,
    completionTokens: 20,
    cachedTokens: 3,
    reasoningTokens: 4,
    promptAudioTokens: 5,
    completionAudioTokens: 6,
  };
  const metered = meter(parsePricing({ prompt: "1", completion: "1" }), usage, 0);
  assert.ok(metered !== undefined);
  assert.equal(
    usageJson(metered),
    '{"prompt_tokens":10,"completion_tokens":20,"total_tokens":30,"prompt_tokens_details":{"cached_tokens":3,"audio_tokens":5},"completion_tokens_details":{"reasoning_tokens":4,"audio_tokens":6},"cost":0.00003}',
  );
  assert.match(usageJson({ usage, cost: undefined }), /"audio_tokens":6\},"cost":null\}$/);
});
