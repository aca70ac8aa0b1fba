import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { creditingState } from "./crediting.ts";
import { CREDIT_LATE_MS } from "./limits.ts";

const FIVE = { amount: microUsdc(5_000_000n), depositedBefore: "1.5", landedAtMs: 1_000, explorerUrl: undefined };

test("a deposit is spendable once all of it is counted, and late after a while", () => {
  assert.equal(creditingState(FIVE, "1.5", 1_000), "waiting");
  assert.equal(creditingState(FIVE, "6.499999999", 1_000), "waiting");
  assert.equal(creditingState(FIVE, "6.5", 1_000), "spendable");
  assert.equal(creditingState(FIVE, "9", 1_000 + CREDIT_LATE_MS), "spendable", "another came in beside it");
  assert.equal(creditingState(FIVE, undefined, 999 + CREDIT_LATE_MS), "waiting");
  assert.equal(creditingState(FIVE, "1.5", 1_000 + CREDIT_LATE_MS), "late");
  assert.equal(creditingState({ ...FIVE, depositedBefore: undefined }, "9", 1_000), "waiting");
});
