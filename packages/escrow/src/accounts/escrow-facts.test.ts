// An escrow's facts are what the program does at the same moment: both sides of every deadline.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN } from "../test-bed/cast.ts";
import { TestChain } from "../test-bed/chain.ts";
import { DAY, HOUR, USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "../test-bed/scene.ts";
import {
  allowanceInForce,
  allowanceLeft,
  closableSlot,
  collectable,
  exitOf,
  pendingAllowance,
} from "./escrow-facts.ts";

/** What is collectable at these moments by the facts and by asking for everything, each on a copy of the chain. */
async function compare(scene: Scene, moments: readonly bigint[]): Promise<bigint[]> {
  const snapshot = scene.chain.svm.toBytes();
  const { bed, ask } = scene;
  const escrow = bed.readEscrow(ANN);
  return moments.map((now) => {
    const copy = new TestChain(snapshot);
    copy.setTime(now);
    const before = copy.account(bed.escrowOf(ANN));
    const outcome = copy.send(ask.settle([scene.bill(ANN, 2n ** 53n)]));
    assert.ok(outcome.isOk && before !== undefined, outcome.error);
    const after = copy.account(bed.escrowOf(ANN));
    const settledAt = 136; // the layout's place of `settled_total`
    const settled = (data: ArrayLike<number>): bigint => Buffer.from(Array.from(data)).readBigUInt64LE(settledAt);
    const taken = settled(after?.data ?? []) - settled(before.data);
    assert.equal(collectable(escrow, bed.readConfig(), now), taken, `at ${now}`);
    return taken;
  });
}

test("what is collectable is what a settlement takes: balance, allowance, lowering, expiry and exit", async () => {
  const scene = await Scene.open();
  const { chain, ask, bed } = scene;
  assert.deepEqual(await compare(scene, [chain.time, SCENE_EXPIRY - 1n, SCENE_EXPIRY]), [100n * USDC, 100n * USDC, 0n]);
  scene.collect(ANN, 10n * USDC);
  scene.land(ask.setAllowance(ANN, 30n * USDC, SCENE_EXPIRY));
  const at = chain.time + 12n * HOUR;
  assert.deepEqual(pendingAllowance(bed.readEscrow(ANN), at - 1n), { total: 30n * USDC, expiresAt: SCENE_EXPIRY, at });
  assert.equal(pendingAllowance(bed.readEscrow(ANN), at), undefined);
  assert.deepEqual(await compare(scene, [at - 1n, at]), [90n * USDC, 20n * USDC]);
  assert.deepEqual(allowanceInForce(bed.readEscrow(ANN), at - 1n).total, 1_000n * USDC);
  assert.deepEqual(allowanceInForce(bed.readEscrow(ANN), at).total, 30n * USDC);
  assert.equal(allowanceLeft(bed.readEscrow(ANN), bed.readConfig(), at), 20n * USDC);
  scene.land(ask.requestExit(ANN));
  const deadline = chain.time + DAY;
  assert.deepEqual(await compare(scene, [deadline - 1n, deadline]), [20n * USDC, 0n]);
  assert.deepEqual(exitOf(bed.readEscrow(ANN), deadline - 1n), { requestedAt: chain.time, deadline, isDue: false });
  assert.equal(exitOf(bed.readEscrow(ANN), deadline)?.isDue, true);
  scene.goTo(deadline);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(exitOf(bed.readEscrow(ANN), deadline), undefined);
});

test("an allowance below what was settled leaves nothing, not less", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 10n * USDC);
  scene.land(scene.ask.setAllowance(ANN, 5n * USDC, SCENE_EXPIRY));
  const at = scene.bed.readEscrow(ANN).pendingAllowAt;
  assert.deepEqual(await compare(scene, [at]), [0n]);
  assert.equal(allowanceLeft(scene.bed.readEscrow(ANN), scene.bed.readConfig(), at), 0n);
});

test("an escrow is closable after its last charge has rested", async () => {
  const scene = await Scene.open();
  const { bed } = scene;
  assert.equal(closableSlot(bed.readEscrow(ANN)), bed.readEscrow(ANN).openedSlot + 1_500n);
  scene.chain.advance(HOUR);
  scene.collect(ANN, 1n);
  assert.equal(closableSlot(bed.readEscrow(ANN)), scene.chain.slot + 1_500n);
});
