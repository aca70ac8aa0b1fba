import assert from "node:assert/strict";
import { test } from "node:test";
import { getTransferSolInstruction } from "@solana-program/system";
import { ANN, IDLER, MALLORY, PAT, SPONSOR } from "./test-bed/cast.ts";
import { signer } from "./test-bed/chain.ts";
import { USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** How long an escrow rests before it is closed; a transaction lives for 150. */
const REST = 1_500n;

function passSlots(scene: Scene, slots: bigint): void {
  scene.chain.setTime(scene.chain.time, scene.chain.slot + slots);
}

/** Closes an escrow that is empty and opens it again for its user, with 50 USDC. */
function reopen(scene: Scene): void {
  scene.land(scene.ask.closeEscrow(ANN));
  scene.land(scene.ask.openEscrow(ANN), scene.ask.deposit(ANN, 50n * USDC));
}

test("two withdrawals with one sequence number pay once", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const [one, other] = [ask.withdrawUser(ANN, 10n * USDC), ask.withdrawUser(ANN, 20n * USDC)];
  scene.land(one);
  scene.refuse("BadWithdrawSeq", other);
  scene.refuse("BadWithdrawSeq", one);
  scene.refuse("BadWithdrawSeq", ask.withdrawUser(ANN, USDC, { withdrawSeq: 2 }));
  scene.refuse("BadWithdrawSeq", ask.withdrawUser(ANN, USDC), ask.withdrawUser(ANN, USDC));
  assert.equal(scene.tokensOf(ANN), 910n * USDC);
});

test("two withdrawals of a provider with one sequence number pay once", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.collect(ANN, 40n * USDC);
  const [one, other] = [ask.withdrawProvider(PAT, 10n * USDC), ask.withdrawProvider(PAT, 20n * USDC)];
  scene.land(one);
  scene.refuse("BadWithdrawSeq", other);
  scene.refuse("BadWithdrawSeq", one);
  const openedSlot = scene.bed.readProvider(PAT).openedSlot + 1n;
  scene.refuse("BadWithdrawSeq", ask.withdrawProvider(PAT, USDC, { openedSlot }));
  assert.equal(scene.tokensOf(PAT), 10n * USDC);
});

test("a withdrawal of an escrow's first incarnation pays nothing of its second, even with a durable nonce", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const unused = ask.withdrawUser(ANN, 50n * USDC);
  const used = ask.withdrawUser(ANN, 100n * USDC);
  scene.land(used);
  passSlots(scene, REST);
  reopen(scene);
  for (const bytes of [unused, used]) scene.refuse("BadWithdrawSeq", bytes);
});

test("an escrow is not closed before ten lives of a transaction are over, counted from its last debit", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("NotEmpty", ask.closeEscrow(ANN));
  passSlots(scene, 10n * REST);
  assert.equal(scene.collect(ANN, 100n * USDC), 100n * USDC);
  for (const slots of [0n, 150n, REST - 151n]) {
    passSlots(scene, slots);
    scene.refuse("TooYoung", ask.closeEscrow(ANN));
  }
  passSlots(scene, 1n);
  scene.land(ask.closeEscrow(ANN));
});

test("a settlement of an escrow's first incarnation, if it could live so long, takes its own amount and no more", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  const first = ask.settle([scene.bill(ANN, 30n * USDC)]);
  const second = ask.settle([{ ...scene.bill(ANN, 70n * USDC), seq: 2 }]);
  scene.land(first);
  scene.land(second);
  passSlots(scene, REST);
  reopen(scene);
  // Numbers begin anew: all but the first are out of order, and the first one is a bill like any other.
  scene.refuse("SeqGap", second);
  scene.land(first);
  scene.land(first);
  assert.equal(bed.readEscrow(ANN).settledTotal, 30n * USDC);
});

test("an entry for a closed escrow takes nothing and leaves no number behind", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.land(ask.withdrawUser(ANN, 100n * USDC));
  const batch = ask.settle([scene.bill(ANN, USDC)]);
  passSlots(scene, REST);
  scene.land(ask.closeEscrow(ANN));
  scene.land(batch);
  assert.equal(bed.readProvider(PAT).earnedTotal, 0n);
  scene.land(ask.openEscrow(ANN));
  assert.equal(bed.readEscrow(ANN).settleSeq, 0);
});

test("a sponsor who pays for opening gets all of it back at every closing, and nobody else does", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  await bed.know(IDLER);
  for (const rich of [SPONSOR, MALLORY, IDLER]) chain.giveSol(rich);
  const lamportsOf = (): bigint => chain.account(SPONSOR)?.lamports ?? 0n;
  const before = lamportsOf();
  const rent = chain.svm.minimumBalanceForRentExemption(216n);
  for (let round = 0; round < 3; round += 1) {
    scene.land(ask.openEscrow(IDLER, { payer: signer(SPONSOR) }));
    assert.equal(lamportsOf(), before - rent);
    passSlots(scene, REST);
    scene.refuse("BadDestination", ask.closeEscrow(IDLER, { rentPayer: IDLER }));
    scene.refuse("BadDestination", ask.closeEscrow(IDLER, { rentPayer: MALLORY }));
    scene.refuse("MissingSigner", ask.closeEscrow(IDLER, { rentPayer: SPONSOR, closer: signer(MALLORY) }));
    const closer = round === 1 ? signer(SPONSOR) : signer(IDLER);
    scene.land(ask.closeEscrow(IDLER, { rentPayer: SPONSOR, closer }));
    assert.equal(lamportsOf(), before);
    assert.equal(chain.account(bed.escrowOf(IDLER)), undefined);
  }
});

test("a user who opens and closes without pause costs a sponsor one rent for 1,500 slots, and no second one", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  await bed.know(IDLER);
  chain.giveSol(SPONSOR);
  const open = ask.openEscrow(IDLER, { payer: signer(SPONSOR) });
  scene.land(open);
  scene.refuse("AlreadyInitialized", open);
  passSlots(scene, REST - 1n);
  scene.refuse("TooYoung", ask.closeEscrow(IDLER, { rentPayer: SPONSOR }));
  scene.refuse("AlreadyInitialized", open);
});

test("a closed escrow is gone in the same transaction, and what is sent to it meets nothing", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.land(ask.withdrawUser(ANN, 100n * USDC));
  passSlots(scene, REST);
  const deposit = ask.deposit(ANN, USDC);
  scene.refuse("BadOwner", ask.closeEscrow(ANN), deposit);
  scene.refuse("BadOwner", ask.closeEscrow(ANN), ask.closeEscrow(ANN));
  // Lamports that come before the transaction ends keep no data alive.
  const { chain, bed } = scene;
  const amount = chain.account(bed.escrowOf(ANN))?.lamports ?? 0n;
  const revive = getTransferSolInstruction({ source: signer(chain.payer), destination: bed.escrowOf(ANN), amount });
  scene.refuse("BadOwner", ask.closeEscrow(ANN), revive, deposit);
  scene.land(ask.closeEscrow(ANN), ask.openEscrow(ANN), deposit);
});

test("an escrow is not closed while an exit waits", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.land(ask.withdrawUser(ANN, 100n * USDC), ask.requestExit(ANN));
  passSlots(scene, REST);
  scene.refuse("ExitPending", ask.closeEscrow(ANN));
});
