import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { ANN, BEN, PAT, QUINN } from "./test-bed/cast.ts";
import { changesSince, stateOf } from "./test-bed/chain-state.ts";
import { AMOUNT_MAX, plantConfig, plantEscrow, plantProvider } from "./test-bed/planted-records.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";
import { appliedIn } from "./test-bed/settle-log.ts";

const NO_OP = 2n ** 64n - 1n;

test("the same escrow several times in a batch pays no more than it has, and every sum holds", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const amounts = [10_000_039n, 20_000_001n, 30_000_019n, 50n * USDC, 1n];
  const owners = [PAT, QUINN, PAT, PAT, QUINN];
  const entries = amounts.map((amount, index) => ({ user: ANN, owner: owners[index] ?? PAT, amount, seq: index + 1 }));
  const applied = [10_000_039n, 20_000_001n, 30_000_019n, 39_999_941n, 0n];
  assert.deepEqual(appliedIn(scene.land(ask.settle(entries))), applied);

  const fees = applied.map((amount) => (amount * 250n) / 10_000n);
  const escrow = bed.readEscrow(ANN);
  assert.deepEqual([escrow.balance, escrow.settledTotal, escrow.settleSeq], [0n, 100n * USDC, 5]);
  const earnedBy = (owner: Address): bigint =>
    applied.reduce((sum, amount, index) => (owners[index] === owner ? sum + amount - (fees[index] ?? 0n) : sum), 0n);
  assert.equal(bed.readProvider(PAT).earnedTotal, earnedBy(PAT));
  assert.equal(bed.readProvider(QUINN).earnedTotal, earnedBy(QUINN));
  const config = bed.readConfig();
  assert.equal(
    config.feeAccrued,
    fees.reduce((sum, fee) => sum + fee, 0n),
  );
  assert.equal(config.totalProvider, earnedBy(PAT) + earnedBy(QUINN));
  assert.equal(config.totalUser + config.totalProvider + config.feeAccrued, scene.chain.tokens(bed.vault));
});

test("an escrow that is named twice among a batch's accounts pays once for each entry", async () => {
  const scene = await Scene.open();
  const [escrow, provider] = [scene.bed.escrowOf(ANN), scene.bed.providerOf(PAT)];
  const entries = [
    { escrow: 0, provider: 1, amount: 60n * USDC, seq: 1 },
    { escrow: 2, provider: 3, amount: 60n * USDC, seq: 2 },
  ];
  const ledgerAccounts = [escrow, provider, escrow, provider];
  const outcome = scene.land(scene.ask.settle([], { entries, ledgerAccounts }));
  assert.deepEqual(appliedIn(outcome), [60n * USDC, 40n * USDC]);
  assert.equal(scene.bed.readProvider(PAT).earnedTotal, 97_500_000n);
});

test("a gap in an escrow's entries is refused with the whole batch", async () => {
  const scene = await Scene.open();
  const good = scene.bill(BEN, USDC);
  scene.collect(ANN, USDC);
  for (const seq of [3, 4, 2 ** 32 - 1])
    scene.refuse("SeqGap", scene.ask.settle([good, { ...scene.bill(ANN, USDC), seq }]));
  scene.refuse("SeqGap", scene.ask.settle([good, { ...good, seq: 3 }]));
  scene.land(scene.ask.settle([good, { ...good, seq: 2 }]));
});

test("a batch that is sent again changes no ledger account", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const batch = ask.settle([scene.bill(ANN, USDC), scene.bill(BEN, 2n * USDC, QUINN)]);
  scene.land(batch);
  const before = stateOf(scene.chain);
  const { batchCount, ...config } = bed.readConfig();
  assert.deepEqual([batchCount, Uint8Array.from(config.lastRoot)], [1n, new Uint8Array(32).fill(7)]);
  assert.deepEqual(appliedIn(scene.land(batch)), [NO_OP, NO_OP]);
  assert.deepEqual(changesSince(before, scene.chain), [bed.config]);
  assert.deepEqual(bed.readConfig(), { ...config, batchCount: batchCount + 1n });
});

test("an entry whose number is used up takes nothing, whatever it says now", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.settle([scene.bill(ANN, USDC), { ...scene.bill(ANN, USDC), seq: 2 }]));
  const { settledTotal } = scene.bed.readEscrow(ANN);
  for (const seq of [0, 1, 2]) {
    const again = { user: ANN, owner: QUINN, amount: 90n * USDC, seq };
    assert.deepEqual(appliedIn(scene.land(scene.ask.settle([again]))), [NO_OP]);
  }
  assert.equal(scene.bed.readEscrow(ANN).settledTotal, settledTotal);
  assert.equal(scene.bed.readProvider(QUINN).earnedTotal, 0n);
});

test("entries in the wrong order are refused, within a batch and between batches", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 7n * USDC);
  const first = scene.bill(ANN, USDC);
  const second = { ...first, amount: 2n * USDC, seq: 3 };
  scene.refuse("SeqGap", scene.ask.settle([second, first]));
  scene.refuse("SeqGap", scene.ask.settle([second]));
  scene.land(scene.ask.settle([first]));
  scene.land(scene.ask.settle([second]));
  assert.equal(scene.bed.readEscrow(ANN).settledTotal, 10n * USDC);
});

test("a provider's earnings and a router's totals end at 2^53", async () => {
  const scene = await Scene.open({ settlerWindowCap: AMOUNT_MAX });
  const { bed, ask } = scene;
  const [one, share] = [1n * USDC, 975_000n];
  const bill = (): ReturnType<typeof ask.settle> => ask.settle([scene.bill(ANN, one)]);

  for (const [spare, isOver] of [
    [share - 1n, true],
    [share, false],
  ] as const) {
    plantProvider(bed, PAT, { earnedTotal: AMOUNT_MAX - spare });
    if (isOver) scene.refuse("Overflow", bill());
    else scene.land(bill());
  }
  assert.equal(bed.readProvider(PAT).earnedTotal, AMOUNT_MAX);
  plantProvider(bed, PAT, { earnedTotal: 0n });

  const totals = { totalProvider: share, feeAccrued: one - share, windowSpent: one };
  for (const [total, amount] of Object.entries(totals)) {
    plantConfig(bed, { windowStart: scene.chain.time, [total]: AMOUNT_MAX - amount + 1n });
    scene.refuse(total === "windowSpent" ? "SettlerCap" : "Overflow", bill()); // no cap is above 2^53
    plantConfig(bed, { windowStart: scene.chain.time, [total]: AMOUNT_MAX - amount });
    scene.land(bill());
    plantConfig(bed, { [total]: 0n });
  }
});

test("the greatest bill there can be has its exact fee, and the sums do not overflow before they are compared", async () => {
  const scene = await Scene.open({ settlerWindowCap: AMOUNT_MAX, feeBps: 500n });
  const { bed } = scene;
  for (const user of [ANN, BEN]) plantEscrow(bed, user, { balance: AMOUNT_MAX, allowTotal: AMOUNT_MAX });
  plantConfig(bed, { totalUser: AMOUNT_MAX });
  const bills = [ANN, BEN].map((user) => scene.bill(user, AMOUNT_MAX, user === ANN ? PAT : QUINN));
  scene.refuse("SettlerCap", scene.ask.settle(bills)); // 2^54, more than any window takes
  assert.equal(scene.collect(ANN, AMOUNT_MAX), AMOUNT_MAX);
  assert.equal(bed.readConfig().feeAccrued, 450_359_962_737_049n);
  assert.equal(bed.readProvider(PAT).earnedTotal, AMOUNT_MAX - 450_359_962_737_049n);
});
