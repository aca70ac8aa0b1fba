// What a receipt's tokens and prices come to, and when nothing is owed.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import { cost } from "./price.ts";
import { RECEIPT_FLAGS, owedFor } from "./receipt-cost.ts";
import type { Receipt } from "./receipt.ts";
import { someReceipt } from "./test-bed/some-receipt.ts";
import { NO_USAGE } from "./usage.ts";

const FREE_BITS = RECEIPT_FLAGS.interrupted | RECEIPT_FLAGS.noUsage;

const someOwed = someReceipt.map((receipt): Receipt => ({ ...receipt, flags: receipt.flags & ~FREE_BITS }));

test("what is owed is the price's own cost, to the last nano, where an amount can be as much", () => {
  fc.assert(
    fc.property(someOwed, (receipt) => {
      const { promptTokens, completionTokens, cachedTokens, reasoningTokens, price, imageCount } = receipt;
      const usage = { ...NO_USAGE, promptTokens, completionTokens, cachedTokens, reasoningTokens };
      const { nano, free } = owedFor(receipt);
      assert.equal(free, undefined);
      try {
        assert.equal(nano, cost(price, usage, imageCount));
      } catch (error) {
        if (!isAimoError(error, "invalid_amount")) throw error;
        assert.ok(nano > 2n ** 63n - 1n);
      }
    }),
  );
});

test("nothing is owed for an answer that broke off, had no usage, or ended with an error", () => {
  fc.assert(
    fc.property(someOwed, (receipt) => {
      const freeBy = (changes: Partial<Receipt>) => owedFor({ ...receipt, ...changes });
      assert.deepEqual(freeBy({ flags: receipt.flags | RECEIPT_FLAGS.interrupted }), { nano: 0n, free: "interrupted" });
      assert.deepEqual(freeBy({ flags: receipt.flags | RECEIPT_FLAGS.noUsage }), { nano: 0n, free: "no_usage" });
      assert.deepEqual(freeBy({ finishReason: "error" }), { nano: 0n, free: "error" });
      assert.equal(freeBy({ finishReason: "errors" }).free, undefined);
    }),
  );
});

test("every flag is a bit of its own", () => {
  const bits = Object.values(RECEIPT_FLAGS);
  assert.deepEqual(
    bits,
    bits.map((_, index) => 2 ** index),
  );
});
