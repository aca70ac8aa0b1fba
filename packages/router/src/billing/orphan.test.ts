// What a provider gets for an answer whose router died: no more than the router can have seen of it.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { End } from "@aimo-network/protocol/wire/messages";
import { plainEnd, plainUsage, tokenPrice } from "../test-bed/priced-request.ts";
import type { Charge, ChargeTerms } from "./charge.ts";
import { orphanCharge } from "./orphan.ts";

const TERMS: ChargeTerms = {
  price: tokenPrice(1_000n, 10_000n),
  granted: nanoUsdc(6_000n),
  promptBound: 1_000,
  maxOutput: 500,
  choices: 1,
  imageCount: 0,
  textBytes: 400,
  mediaTokens: 0,
  hiddenReasoningTokens: 0,
};

const FACTS = { checkpointBytes: 80, tokensPerSecond: 10.2 };

function replayed(end: Partial<End>, facts = FACTS, terms = TERMS): Charge {
  return orphanCharge(terms, facts, plainEnd("0".repeat(32), { ...used(100, 20), ...end }));
}

function used(prompt: number, completion: number): Partial<End> {
  return {
    usage: { prompt_tokens: prompt, completion_tokens: completion, cached_tokens: 0, reasoning_tokens: 0 },
  };
}

describe("a replayed End of an orphaned attempt is charged", () => {
  test("the usage it reports", () => {
    const { amount, usage, adjusted, unpaid } = replayed({});
    assert.deepEqual([amount, usage, adjusted, unpaid], [300n, plainUsage(100, 20), false, undefined]);
  });

  test("cached tokens as such", () => {
    const usage = { prompt_tokens: 100, completion_tokens: 20, cached_tokens: 60, reasoning_tokens: 5 };
    assert.deepEqual(replayed({ usage }).usage, plainUsage(100, 20, { cachedTokens: 60, reasoningTokens: 5 }));
  });

  test("at most the bytes of the last checkpoint and two seconds of the offer's pace, which is flagged", () => {
    const most = 80 + 21 + 32; // 2 s at 10.2 tokens, and the tokens that show no bytes
    assert.equal(replayed(used(100, most)).adjusted, false);
    const charge = replayed(used(100, most + 1));
    assert.deepEqual([charge.usage, charge.adjusted], [plainUsage(100, most), true]);
  });

  test("within every other bound too", () => {
    const facts = { checkpointBytes: 100_000, tokensPerSecond: 1e9 };
    const charge = replayed(used(1_000_000_000, 1_000_000_000), facts);
    assert.deepEqual([charge.usage, charge.amount], [plainUsage(1_000, 500), 6_000n]);
    assert.equal(replayed({}, FACTS, { ...TERMS, granted: nanoUsdc(5n) }).amount, 5n);
  });

  for (const [name, end, unpaid] of [
    ["it has no usage", { usage: null }, "no_usage"],
    ["it has an error", { error: { code: "provider_error", message: "boom" } }, "interrupted"],
    ["it has no finish_reason", { finish_reason: null }, "router_ended"],
    ["its finish_reason says error", { finish_reason: "error" }, "interrupted"],
  ] as const) {
    test(`nothing where ${name}`, () => {
      const charge = replayed(end);
      assert.deepEqual([charge.amount, charge.unpaid], [0n, unpaid]);
    });
  }
});
