// What is foreseen of a batch is what the program logs and writes.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { microUsdc } from "@aimo-network/protocol/money";
import { getConfigEncoder } from "../generated/accounts/config.ts";
import { getEscrowEncoder } from "../generated/accounts/escrow.ts";
import { getProviderEncoder } from "../generated/accounts/provider.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import { readSettleLog } from "../logs/settle-events.ts";
import { AMOUNT_MAX } from "../program-bounds.ts";
import { BuilderScene } from "../test-bed/builder-scene.ts";
import { ANN, BEN, IDLER, PAT, QUINN } from "../test-bed/cast.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { foreseeBatch } from "./foresee-batch.ts";

const USERS = [ANN, BEN];
const OWNERS = [PAT, QUINN];

const drawnEntry = fc.record({
  user: fc.constantFrom(ANN, BEN, IDLER),
  owner: fc.constantFrom(PAT, QUINN),
  amount: fc.oneof(
    fc.constantFrom(1n, 39n, 40n, 10_000n, 10_001n, 99n * USDC, AMOUNT_MAX),
    fc.bigInt({ min: 1n, max: 30n * USDC }),
  ),
  isRepeated: fc.boolean(),
});

const drawnBatch = fc.record({
  entries: fc.array(drawnEntry, { minLength: 1, maxLength: 12 }),
  event: fc.constantFrom("nothing", "lower", "expire", "exit", "later"),
});

function ledgerOf(bed: BuilderScene) {
  const escrows = new Map(USERS.map((user) => [bed.bed.escrowOf(user), bed.escrow(user).data]));
  const providers = new Map(OWNERS.map((owner) => [bed.bed.providerOf(owner), bed.provider(owner).data]));
  return { programAddress: bed.chain.programAddress, escrows, providers };
}

test("a foreseen batch is what the program applies: shortfalls, repeats, closed escrows, deadlines", async () => {
  const lives = fc.asyncProperty(fc.array(drawnBatch, { minLength: 3, maxLength: 8 }), async (batches) => {
    const bed = await BuilderScene.open({ settlerWindowCap: AMOUNT_MAX, feeBps: 333n });
    await bed.bed.know(IDLER); // who never opened one
    for (const { entries: drawn, event } of batches) {
      if (event === "lower") bed.chain.send(bed.ask.setAllowance(ANN, 60n * USDC, bed.now + 2n * 24n * 3_600n));
      if (event === "expire") bed.chain.setTime(bed.escrow(ANN).data.pendingAllowAt || bed.now);
      if (event === "exit") bed.chain.send(bed.ask.requestExit(BEN));
      if (event === "later") bed.chain.advance(24n * 3_600n - 1n);
      const next = new Map(USERS.map((user) => [user, bed.escrow(user).data.settleSeq + 1]));
      const entries = drawn.map(({ user, owner, amount, isRepeated }) => {
        const due = next.get(user) ?? 1;
        const seq = isRepeated ? due - 1 : due;
        if (!isRepeated) next.set(user, due + 1);
        return { user, owner, amount, seq };
      });
      const foreseen = foreseeBatch({
        router: bed.router,
        entries: entries.map(({ user, owner, amount, seq }) => {
          return {
            escrow: bed.bed.escrowOf(user),
            provider: bed.bed.providerOf(owner),
            amount: microUsdc(amount),
            seq,
          };
        }),
        ledger: ledgerOf(bed),
        now: bed.now,
      });
      const before = bed.router.data;
      const outcome = bed.chain.send(bed.ask.settle(entries));
      const [logged] = readSettleLog(outcome.logs, bed.chain.programAddress).batches;
      const expected = foreseen.entries.map((entry) => (entry === "no_op" ? entry : entry.amount));
      assert.deepEqual(logged?.applied, expected, outcome.error);
      const { totalUser, feeAccrued, totalProvider } = bed.router.data;
      assert.equal(before.totalUser - totalUser, foreseen.moved);
      assert.equal(feeAccrued - before.feeAccrued, foreseen.fees);
      assert.equal(totalProvider - before.totalProvider, foreseen.moved - foreseen.fees);
    }
  });
  await fc.assert(lives, { numRuns: 40 });
});

test("no total of a batch gets above 2^53", async () => {
  const params = { settlerWindowCap: AMOUNT_MAX, feeBps: 250n };
  const [applied, fee] = [10n * USDC, 250_000n];
  for (const [total, most, refusal] of [
    ["earnedTotal", AMOUNT_MAX - applied + fee, "Overflow"],
    ["windowSpent", AMOUNT_MAX - applied, "SettlerCap"],
    ["totalProvider", AMOUNT_MAX - applied + fee, "Overflow"],
    ["feeAccrued", AMOUNT_MAX - fee, "Overflow"],
  ] as const) {
    for (const [held, outcome] of [
      [most, undefined],
      [most + 1n, refusal],
    ] as const) {
      const bed = await BuilderScene.open(params);
      const { chain, bed: router } = bed;
      const config = { ...bed.router.data, windowStart: bed.now, [total]: held };
      const provider = { ...bed.provider(PAT).data, ...(total === "earnedTotal" ? { earnedTotal: held } : {}) };
      chain.plant(router.config, AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(getConfigEncoder().encode(config)));
      chain.plant(
        router.providerOf(PAT),
        AIMO_ESCROW_PROGRAM_ADDRESS,
        Uint8Array.from(getProviderEncoder().encode(provider)),
      );
      const entries = [{ user: ANN, owner: PAT, amount: applied, seq: 1 }];
      const [escrow, owner] = [router.escrowOf(ANN), router.providerOf(PAT)];
      const input = {
        router: bed.router,
        entries: [{ escrow, provider: owner, amount: microUsdc(applied), seq: 1 }],
        ledger: ledgerOf(bed),
        now: bed.now,
      };
      if (outcome === undefined) assert.equal(foreseeBatch(input).fees, fee);
      else assert.throws(() => foreseeBatch(input), new RegExp(outcome), total);
      assert.equal(chain.send(bed.ask.settle(entries)).error, outcome, total);
    }
  }
});

test("several entries of one escrow share what its balance and its allowance leave", async () => {
  for (const [allowTotal, expected] of [
    [1_000n * USDC, [70n * USDC, 30n * USDC, 0n]],
    [75n * USDC, [70n * USDC, 5n * USDC, 0n]],
  ] as const) {
    const bed = await BuilderScene.open();
    const escrow = { ...bed.escrow(ANN).data, allowTotal };
    const address = bed.bed.escrowOf(ANN);
    bed.chain.plant(address, AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(getEscrowEncoder().encode(escrow)));
    const entries = [1, 2, 3].map((seq) => ({ user: ANN, owner: PAT, amount: 70n * USDC, seq }));
    const provider = bed.bed.providerOf(PAT);
    const foreseen = foreseeBatch({
      router: bed.router,
      entries: entries.map(({ amount, seq }) => ({ escrow: address, provider, amount: microUsdc(amount), seq })),
      ledger: ledgerOf(bed),
      now: bed.now,
    });
    assert.deepEqual(
      foreseen.entries.map((entry) => (entry === "no_op" ? entry : entry.amount)),
      expected,
    );
    const { logs } = bed.chain.send(bed.ask.settle(entries));
    assert.deepEqual(readSettleLog(logs, bed.chain.programAddress).batches[0]?.applied, expected);
  }
});
