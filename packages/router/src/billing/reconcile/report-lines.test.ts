import assert from "node:assert/strict";
import { test } from "node:test";
import { DIFFERENCES_LOGGED_MAX } from "../limits.ts";
import type { ChainDifference } from "./compare.ts";
import { reconcileLines } from "./report-lines.ts";

const difference = (more: Partial<ChainDifference>): ChainDifference => ({
  account: "user",
  wallet: "wallet",
  user: 1,
  kind: "short",
  onChain: 1_500_000_000n,
  inLedger: 2_000_000_001n,
  why: "because",
  ...more,
});

test("books that agree take one line", () => {
  assert.deepEqual(reconcileLines({ slot: 7n, users: 3, providers: 2, differences: [] }, []), [
    "Chain and ledger agree at slot 7: 3 users, 2 providers.",
  ]);
});

test("what is short comes first, then what has too much, then what passes by itself", () => {
  const differences = [
    difference({ kind: "on its way", wallet: "way" }),
    difference({ kind: "surplus", account: "fees", wallet: undefined }),
    difference({}),
  ];
  assert.deepEqual(reconcileLines({ slot: 7n, users: 3, providers: 2, differences }, []), [
    "Chain and ledger differ in 3 places at slot 7 (3 users, 2 providers):",
    "  short: user wallet: 1.5 USDC on chain, 2.000000001 USDC in the ledger",
    "    because",
    "  surplus: fees: 1.5 USDC on chain, 2.000000001 USDC in the ledger",
    "    because",
    "  on its way: user way: 1.5 USDC on chain, 2.000000001 USDC in the ledger",
    "    because",
  ]);
});

test("so many differences are said one by one, the others are counted", () => {
  const lines = (count: number): readonly string[] =>
    reconcileLines(
      { slot: 7n, users: 3, providers: 2, differences: Array.from({ length: count }, () => difference({})) },
      [],
    );
  assert.equal(lines(DIFFERENCES_LOGGED_MAX).length, 1 + 2 * DIFFERENCES_LOGGED_MAX);
  assert.equal(lines(DIFFERENCES_LOGGED_MAX + 3).length, 2 + 2 * DIFFERENCES_LOGGED_MAX);
  assert.equal(lines(DIFFERENCES_LOGGED_MAX + 3).at(-1), "  and 3 more");
});

test("what the chain did unasked is told beside it", () => {
  const at = new Date("2026-01-02T03:04:05Z");
  const surprises = [
    { at, slot: 5n, kind: "settled elsewhere", wallet: "wallet", amount: 1_500_000n },
    { at, slot: 6n, kind: "fees from elsewhere", wallet: undefined, amount: 1n },
    { at, slot: 7n, kind: "log differs", wallet: undefined, amount: -500_000n },
  ];
  assert.deepEqual(reconcileLines({ slot: 7n, users: 0, providers: 0, differences: [] }, surprises).slice(1), [
    "The chain did what this ledger did not ask for:",
    "  2026-01-02T03:04:05.000Z, slot 5: settled elsewhere: 1.5 USDC of wallet",
    "  2026-01-02T03:04:05.000Z, slot 6: fees from elsewhere: 0.000001 USDC",
    "  2026-01-02T03:04:05.000Z, slot 7: log differs: -0.5 USDC",
  ]);
});
