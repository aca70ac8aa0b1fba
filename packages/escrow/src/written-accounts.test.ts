import assert from "node:assert/strict";
import { test } from "node:test";
import { AccountRole } from "@solana/kit";
import { named } from "./test-bed/chain.ts";
import { feePercentile, writtenBy } from "./written-accounts.ts";

test("what is written is told once, whoever signs, and nothing that is only read", () => {
  const [programAddress, payer, vault, clock] = [named("program"), named("payer"), named("vault"), named("clock")];
  const first = { address: payer, role: AccountRole.WRITABLE_SIGNER };
  const read = { address: clock, role: AccountRole.READONLY };
  const instructions = [
    { programAddress, accounts: [first, read] },
    { programAddress, accounts: [{ address: vault, role: AccountRole.WRITABLE }, first] },
    { programAddress },
  ];
  assert.deepEqual(writtenBy(instructions), [payer, vault]);
});

test("a percentile is the least value that so many percent do not exceed", () => {
  const fees = Array.from({ length: 100 }, (_, index) => BigInt(100 - index));
  assert.deepEqual(
    [1, 50, 75, 100].map((percent) => feePercentile(fees, percent)),
    [1n, 50n, 75n, 100n],
  );
  assert.equal(feePercentile([5n], 75), 5n);
  assert.equal(feePercentile([0n, 0n, 0n, 8n], 75), 0n);
  assert.equal(feePercentile([0n, 0n, 7n, 8n], 75), 7n);
  assert.equal(feePercentile([], 75), 0n);
});
