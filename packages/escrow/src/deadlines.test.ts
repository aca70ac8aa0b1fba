import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ANN, PAT } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { answerTo, answersAround } from "./test-bed/deadline-sides.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "./test-bed/scene.ts";

const BILL = 60n * USDC;
const NEW_ACCOUNT = named("a new payout account");

function lower(total: bigint, expiresAt: bigint) {
  return (scene: Scene): bigint => {
    scene.land(scene.ask.setAllowance(ANN, total, expiresAt));
    return scene.chain.time + 12n * HOUR;
  };
}

function leave(scene: Scene): bigint {
  scene.land(scene.ask.requestExit(ANN));
  return scene.chain.time + DAY;
}

function leaveAsProvider(scene: Scene): bigint {
  scene.collect(ANN, 40n * USDC);
  scene.land(scene.ask.providerRequestExit(PAT, 39n * USDC));
  return scene.chain.time + 7n * DAY;
}

function choosePayout(scene: Scene): bigint {
  scene.collect(ANN, 40n * USDC);
  scene.chain.plantToken(NEW_ACCOUNT, scene.bed.mint, PAT, 0n);
  scene.land(scene.ask.setPayout(PAT, NEW_ACCOUNT));
  return scene.chain.time + 7n * DAY;
}

const bill = (scene: Scene): bigint => scene.collect(ANN, BILL);

test("a lowered allowance binds from the end of its notice on", async () => {
  assert.deepEqual(await answersAround(lower(10n * USDC, SCENE_EXPIRY), bill), [BILL, 10n * USDC, 10n * USDC]);
});

test("an earlier expiry binds from the end of its notice on", async () => {
  assert.deepEqual(await answersAround(lower(1_000n * USDC, 1n), bill), [BILL, 0n, 0n]);
});

test("a lowering that is over makes room for the next, and one that waits does not", async () => {
  const again = (scene: Scene): string | undefined => answerTo(scene, scene.ask.setAllowance(ANN, 1n, SCENE_EXPIRY));
  const answers = await answersAround(lower(10n * USDC, SCENE_EXPIRY), again);
  assert.deepEqual(answers, ["NoticePending", "lands", "lands"]);
});

test("a lowering is taken back by who lowers nothing, until it is in force", async () => {
  // Before it, 20 USDC are another lowering; from it on they are more than the 10 in force.
  const answers = await answersAround(lower(10n * USDC, SCENE_EXPIRY), (scene) =>
    answerTo(scene, scene.ask.setAllowance(ANN, 20n * USDC, SCENE_EXPIRY)),
  );
  assert.deepEqual(answers, ["NoticePending", "lands", "lands"]);
  const collected = await answersAround(lower(10n * USDC, SCENE_EXPIRY), (scene) =>
    answerTo(scene, scene.ask.setAllowance(ANN, 1_000n * USDC, SCENE_EXPIRY)) === "lands" ? bill(scene) : undefined,
  );
  assert.deepEqual(collected, [BILL, BILL, BILL]);
});

test("an allowance that expires is nothing from that second on", async () => {
  assert.deepEqual(await answersAround(() => SCENE_EXPIRY, bill), [BILL, 0n, 0n]);
});

test("a later expiry and a greater sum bind at once, even where the other of the two falls", async () => {
  const later = (scene: Scene): bigint => {
    scene.goTo(SCENE_EXPIRY - HOUR);
    scene.land(scene.ask.setAllowance(ANN, 10n * USDC, SCENE_EXPIRY + HOUR));
    assert.equal(scene.bed.readEscrow(ANN).allowTotal, 1_000n * USDC);
    return SCENE_EXPIRY + HOUR;
  };
  assert.deepEqual(await answersAround(later, bill), [BILL, 0n, 0n]);
  const scene = await Scene.open();
  assert.equal(scene.collect(ANN, 40n * USDC), 40n * USDC);
  scene.land(scene.ask.setAllowance(ANN, 40n * USDC, SCENE_EXPIRY));
  scene.chain.advance(12n * HOUR);
  assert.equal(bill(scene), 0n);
  scene.land(scene.ask.setAllowance(ANN, 70n * USDC, 1n));
  assert.equal(bill(scene), 30n * USDC);
});

test("an exit is settled until its deadline and paid from it on, in no second both", async () => {
  assert.deepEqual(await answersAround(leave, bill), [BILL, 0n, 0n]);
  const pay = (scene: Scene): string | undefined => answerTo(scene, scene.ask.finalizeExit(ANN));
  assert.deepEqual(await answersAround(leave, pay), ["ExitTooEarly", "lands", "lands"]);
  const paySigned = (scene: Scene): string | undefined =>
    answerTo(scene, scene.ask.finalizeExit(ANN, { user: signer(ANN) }));
  assert.deepEqual(await answersAround(leave, paySigned), ["ExitTooEarly", "lands", "lands"]);
});

test("an exit that is due and not yet paid is still cancelled, and then settled again", async () => {
  const cancel = (scene: Scene): bigint => {
    scene.land(scene.ask.cancelExit(ANN));
    return bill(scene);
  };
  assert.deepEqual(await answersAround(leave, cancel), [BILL, BILL, BILL]);
});

test("a provider's exit is paid from its deadline on", async () => {
  const pay = (scene: Scene): string | undefined => answerTo(scene, scene.ask.providerFinalizeExit(PAT));
  assert.deepEqual(await answersAround(leaveAsProvider, pay), ["ExitTooEarly", "lands", "lands"]);
});

test("a payout account that the owner alone chose is in force from its time on, and the old one until then", async () => {
  const payNew = (scene: Scene): string | undefined =>
    answerTo(scene, scene.ask.withdrawProvider(PAT, USDC, { payout: NEW_ACCOUNT }));
  assert.deepEqual(await answersAround(choosePayout, payNew), ["PayoutTimelock", "lands", "lands"]);
  const payOld = (scene: Scene): string | undefined => answerTo(scene, scene.ask.withdrawProvider(PAT, USDC));
  assert.deepEqual(await answersAround(choosePayout, payOld), ["lands", "BadDestination", "BadDestination"]);
});

test("a payout account in force ends the wait of another until it falls due", async () => {
  const keepOld = (scene: Scene): string => {
    scene.land(scene.ask.setPayout(PAT, scene.bed.associatedOf(PAT)));
    return scene.bed.readProvider(PAT).pendingPayoutAt === 0n ? "kept" : "waits";
  };
  assert.deepEqual(await answersAround(choosePayout, keepOld), ["kept", "waits", "waits"]);
});

test("without a notice and with delays of a second everything falls due as promptly", async () => {
  const params = { allowanceNotice: 0n, userExitDelay: 1n, providerExitDelay: 1n };
  const scene = await Scene.open(params);
  scene.land(scene.ask.setAllowance(ANN, 10n * USDC, SCENE_EXPIRY));
  const { allowTotal, pendingAllowAt } = scene.bed.readEscrow(ANN);
  assert.deepEqual([allowTotal, pendingAllowAt], [10n * USDC, 0n]);
  assert.equal(bill(scene), 10n * USDC);
  scene.land(scene.ask.requestExit(ANN), scene.ask.providerRequestExit(PAT, USDC));
  scene.refuse("ExitTooEarly", scene.ask.finalizeExit(ANN));
  scene.refuse("ExitTooEarly", scene.ask.providerFinalizeExit(PAT));
  scene.chain.advance(1n);
  scene.land(scene.ask.finalizeExit(ANN), scene.ask.providerFinalizeExit(PAT));
});

test("what has fallen due is written down by the next instruction, and leaves nothing behind", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  lower(10n * USDC, SCENE_EXPIRY)(scene);
  choosePayout(scene);
  scene.land(ask.requestExit(ANN), ask.providerRequestExit(PAT, USDC));
  chain.advance(7n * DAY);
  scene.land(
    ask.finalizeExit(ANN),
    ask.providerFinalizeExit(PAT, { payout: NEW_ACCOUNT }),
    ask.settle([scene.bill(ANN, 1n)]),
  );
  const escrow = bed.readEscrow(ANN);
  assert.deepEqual([escrow.allowTotal, escrow.exitRequestedAt, escrow.exitDelay], [10n * USDC, 0n, 0n]);
  assert.deepEqual([escrow.pendingAllowTotal, escrow.pendingAllowExpiresAt, escrow.pendingAllowAt], [0n, 0n, 0n]);
  const provider = bed.readProvider(PAT);
  assert.deepEqual([provider.payout, provider.pendingPayout], [NEW_ACCOUNT, SYSTEM_PROGRAM_ADDRESS]);
  assert.deepEqual([provider.exitRequestedAt, provider.exitAmount, provider.exitDelay], [0n, 0n, 0n]);
});
