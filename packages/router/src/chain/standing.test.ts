// What accounts of the real program mean for the books, on both sides of each of their deadlines.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, PAT } from "@aimo-network/escrow/test-bed/cast";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import { Scene, SCENE_EXPIRY } from "@aimo-network/escrow/test-bed/scene";
import type { EscrowStanding } from "./standing.ts";
import { escrowStanding, providerStanding } from "./standing.ts";

const HOUR = 3_600n;
const DAY = 24n * HOUR;
const NOTICE = 12n * HOUR;

/** How Ann stands so many seconds from now. */
function standing({ bed, chain }: Scene, inSeconds = 0n): EscrowStanding {
  return escrowStanding(bed.readEscrow(ANN), bed.readConfig(), chain.time + inSeconds);
}

test("an escrow's totals and numbers are those of the chain", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 5n * USDC);
  scene.land(scene.ask.withdrawUser(ANN, 3n * USDC));
  scene.collect(ANN, 1n * USDC);
  const { openedSlot } = scene.bed.readEscrow(ANN);
  assert.deepEqual(standing(scene), {
    wallet: ANN,
    openedSlot,
    deposited: 100n * USDC,
    settled: 6n * USDC,
    withdrawn: 3n * USDC,
    settleSeq: 2n,
    withdrawSeq: 1n,
    allowance: 1_000n * USDC,
    stopsAt: SCENE_EXPIRY - NOTICE,
    exitDueAt: undefined,
    isUrgent: false,
  });
});

test("a lower allowance counts from when it is announced, and an earlier end with its notice", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 40n * USDC, SCENE_EXPIRY));
  const lower = standing(scene);
  assert.deepEqual([lower.allowance, lower.stopsAt, lower.isUrgent], [40n * USDC, SCENE_EXPIRY - NOTICE, true]);
  const inForce = standing(scene, NOTICE);
  assert.deepEqual([inForce.allowance, inForce.isUrgent], [40n * USDC, false]);
  const earlier = await Scene.open();
  const ends = earlier.chain.time + 30n * DAY;
  earlier.land(earlier.ask.setAllowance(ANN, 1_000n * USDC, ends));
  const { allowance, stopsAt, isUrgent } = standing(earlier);
  assert.deepEqual([allowance, stopsAt, isUrgent], [1_000n * USDC, ends - NOTICE, true]);
});

test("of an allowance that is lowered in one way and raised in the other both count at once", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 40n * USDC, SCENE_EXPIRY + DAY));
  const { allowance, stopsAt } = standing(scene);
  assert.deepEqual([allowance, stopsAt], [40n * USDC, SCENE_EXPIRY + DAY - NOTICE]);
  const other = await Scene.open();
  other.land(other.ask.setAllowance(ANN, 2_000n * USDC, SCENE_EXPIRY - DAY));
  const raised = standing(other);
  assert.deepEqual([raised.allowance, raised.stopsAt], [2_000n * USDC, SCENE_EXPIRY - DAY - NOTICE]);
});

test("a higher allowance counts at once", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 2_000n * USDC, SCENE_EXPIRY));
  const { allowance, isUrgent } = standing(scene);
  assert.deepEqual([allowance, isUrgent], [2_000n * USDC, false]);
});

test("what is owed is urgent from one notice before the allowance ends", async () => {
  const scene = await Scene.open();
  const left = SCENE_EXPIRY - NOTICE - scene.chain.time;
  assert.equal(standing(scene, left - 1n).isUrgent, false);
  assert.equal(standing(scene, left).isUrgent, true);
});

test("an exit is urgent and due after the delay it began with, or a shorter one of now", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.requestExit(ANN));
  const requested = scene.chain.time;
  assert.deepEqual([standing(scene).exitDueAt, standing(scene).isUrgent], [requested + DAY, true]);
  assert.equal(standing(scene, 2n * DAY).exitDueAt, requested + DAY, "it is pending until somebody finalizes it");
  scene.land(scene.ask.scheduleParams({ userExitDelay: 20n * HOUR, allowanceNotice: 10n * HOUR }));
  const { userExitDelay } = scene.bed.readConfig().params;
  assert.equal(standing(scene).exitDueAt, requested + (userExitDelay < DAY ? userExitDelay : DAY));
  scene.land(scene.ask.cancelExit(ANN));
  assert.deepEqual([standing(scene).exitDueAt, standing(scene).isUrgent], [undefined, false]);
});

test("a provider's totals, numbers and exit are those of the chain", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 40n * USDC);
  scene.land(scene.ask.withdrawProvider(PAT, 9n * USDC));
  scene.land(scene.ask.providerRequestExit(PAT, USDC));
  assert.deepEqual(providerStanding(scene.bed.readProvider(PAT), scene.chain.time), {
    wallet: PAT,
    openedSlot: scene.bed.readProvider(PAT).openedSlot,
    earned: 39n * USDC,
    withdrawn: 9n * USDC,
    withdrawSeq: 1n,
    exitDueAt: scene.chain.time + 7n * DAY,
  });
});
