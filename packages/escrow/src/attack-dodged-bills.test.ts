import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, MALLORY } from "./test-bed/cast.ts";
import { signer } from "./test-bed/chain.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { SCENE_EXPIRY, Scene } from "./test-bed/scene.ts";

const BILL = 60n * USDC;

test("a bill is collected in full until the notice of a lowered allowance is over, and not at all from then on", async () => {
  const collected = [];
  for (const offset of [-1n, 0n, 1n]) {
    const scene = await Scene.open();
    scene.land(scene.ask.setAllowance(ANN, 0n, SCENE_EXPIRY));
    scene.chain.advance(12n * HOUR + offset);
    collected.push(scene.collect(ANN, BILL));
  }
  assert.deepEqual(collected, [BILL, 0n, 0n]);
});

test("lowering again while a lowering waits does not bring it forward", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 10n * USDC, SCENE_EXPIRY));
  scene.chain.advance(11n * HOUR);
  scene.refuse("NoticePending", scene.ask.setAllowance(ANN, 0n, SCENE_EXPIRY));
  scene.refuse("NoticePending", scene.ask.setAllowance(ANN, 0n, 0n));
  assert.equal(scene.collect(ANN, BILL), BILL);
});

test("an allowance that is raised and lowered at once still waits", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.setAllowance(ANN, 2_000n * USDC, 0n), scene.ask.setAllowance(ANN, 2_000n * USDC, SCENE_EXPIRY));
  scene.land(scene.ask.setAllowance(ANN, 0n, SCENE_EXPIRY + 1n));
  assert.equal(scene.collect(ANN, BILL), BILL);
});

test("what was settled counts against a lowered allowance", async () => {
  const scene = await Scene.open();
  assert.equal(scene.collect(ANN, 30n * USDC), 30n * USDC);
  scene.land(scene.ask.setAllowance(ANN, 50n * USDC, SCENE_EXPIRY));
  scene.chain.advance(12n * HOUR);
  assert.equal(scene.collect(ANN, BILL), 20n * USDC);
  assert.equal(scene.collect(ANN, BILL), 0n);
});

test("a bill is collected in full one second before an exit is due, and not at all from then on", async () => {
  const collected = [];
  for (const offset of [-1n, 0n, 1n]) {
    const scene = await Scene.open();
    scene.land(scene.ask.requestExit(ANN));
    scene.chain.advance(DAY + offset);
    collected.push(scene.collect(ANN, BILL));
  }
  assert.deepEqual(collected, [BILL, 0n, 0n]);
});

test("whoever is leaving withdraws nothing before, with or without the cosigner", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.requestExit(ANN));
  scene.refuse("ExitPending", scene.ask.withdrawUser(ANN, 100n * USDC));
  scene.refuse("ExitTooEarly", scene.ask.finalizeExit(ANN));
  scene.refuse("ExitPending", scene.ask.requestExit(ANN));
  assert.equal(scene.collect(ANN, BILL), BILL);
  scene.chain.advance(DAY);
  scene.land(scene.ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 940n * USDC);
});

test("a bill is collected until the second before the allowance expires, and not from then on", async () => {
  const collected = [];
  for (const offset of [-1n, 0n, 1n]) {
    const scene = await Scene.open();
    scene.goTo(SCENE_EXPIRY + offset);
    collected.push(scene.collect(ANN, BILL));
  }
  assert.deepEqual(collected, [BILL, 0n, 0n]);
});

test("a pause of settlement ends in the middle of a notice that begins with it, and rests until its end", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const begin = scene.chain.time;
  // A user and the guardian together: the allowance falls, the exit begins, settling is paused.
  scene.land(ask.setAllowance(ANN, 0n, SCENE_EXPIRY), ask.requestExit(ANN), ask.setPause(2));
  scene.goTo(begin + 6n * HOUR - 1n);
  scene.refuse("Paused", ask.settle([scene.bill(ANN, 1n)]));
  scene.goTo(begin + 6n * HOUR);
  assert.equal(scene.collect(ANN, 1n), 1n);
  scene.refuse("PauseCooldown", ask.setPause(2));
  scene.goTo(begin + 12n * HOUR - 1n);
  scene.refuse("PauseCooldown", ask.setPause(2));
  assert.equal(scene.collect(ANN, BILL), BILL);
});

test("pauses that follow each other as fast as they may leave each notice six hours, wherever it begins", async () => {
  for (const begin of [0n, 1n, 3n, 5n, 6n, 9n, 11n]) {
    const scene = await Scene.open();
    const start = scene.chain.time;
    const isOpen: boolean[] = [];
    // The guardian pauses whenever it can; the user lowers the allowance at some hour of that.
    for (let hour = 0n; hour < begin + 12n; hour += 1n) {
      scene.goTo(start + hour * HOUR);
      if (hour === begin) scene.land(scene.ask.setAllowance(ANN, 0n, SCENE_EXPIRY));
      scene.chain.send(scene.ask.setPause(2));
      if (hour >= begin) isOpen.push(scene.chain.send(scene.ask.settle([scene.bill(ANN, 1n)])).isOk);
    }
    assert.equal(isOpen.filter(Boolean).length, 6, `begun at hour ${begin}`);
    assert.equal(scene.bed.readEscrow(ANN).settledTotal, 6n);
  }
});

test("a settlement that comes after an exit was paid takes nothing and uses its number up", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.land(scene.ask.finalizeExit(ANN));
  assert.equal(scene.collect(ANN, BILL), 0n);
  assert.equal(scene.bed.readEscrow(ANN).settleSeq, 1);
  assert.equal(scene.tokensOf(ANN), 1_000n * USDC);
  // Who comes back may be billed again, under the same allowance.
  scene.land(scene.ask.deposit(ANN, 10n * USDC));
  assert.equal(scene.collect(ANN, BILL), 10n * USDC);
});

test("a deposit before an exit leaves with it, and one after it is refused", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.bed.giveTokens(MALLORY, 10n * USDC);
  const { bed } = scene;
  const byMallory = { funder: signer(MALLORY), source: bed.associatedOf(MALLORY) };
  scene.land(ask.deposit(ANN, 5n * USDC, byMallory), ask.requestExit(ANN));
  scene.refuse("ExitPending", ask.deposit(ANN, 5n * USDC, byMallory));
  scene.chain.advance(DAY);
  scene.refuse("ExitPending", ask.deposit(ANN, 5n * USDC, byMallory));
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 1_005n * USDC);
  assert.equal(scene.tokensOf(MALLORY), 5n * USDC);
});

test("an exit that is cancelled begins from the start", async () => {
  const scene = await Scene.open();
  scene.land(scene.ask.requestExit(ANN));
  scene.chain.advance(DAY - 1n);
  scene.land(scene.ask.cancelExit(ANN), scene.ask.requestExit(ANN));
  scene.chain.advance(DAY - 1n);
  scene.refuse("ExitTooEarly", scene.ask.finalizeExit(ANN));
  assert.equal(scene.collect(ANN, BILL), BILL);
});
