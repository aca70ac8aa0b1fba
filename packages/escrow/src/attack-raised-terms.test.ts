import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEN, PAT } from "./test-bed/cast.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** How long a change waits that could hurt somebody: the users' exit delay and a day. */
const TIMELOCK = 2n * DAY;

test("a fee that is raised between quote and settlement takes its old share until two days later", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const announced = scene.chain.time;
  const feeOf = (amount: bigint): bigint => {
    const { feeAccrued } = bed.readConfig();
    scene.collect(ANN, amount);
    return bed.readConfig().feeAccrued - feeAccrued;
  };
  scene.land(ask.scheduleParams({ feeBps: 500n }));
  assert.equal(feeOf(10n * USDC), 250_000n);
  scene.goTo(announced + TIMELOCK - 1n);
  scene.refuse("ParamNotReady", ask.applyParams());
  assert.equal(feeOf(10n * USDC), 250_000n);
  scene.goTo(announced + TIMELOCK);
  assert.equal(feeOf(10n * USDC), 250_000n); // in force only once it is applied
  scene.land(ask.applyParams());
  assert.equal(feeOf(10n * USDC), 500_000n);
});

test("a fee above five per cent is never taken", async () => {
  const scene = await Scene.open();
  scene.refuse("FeeTooHigh", scene.ask.scheduleParams({ feeBps: 501n }));
  scene.refuse("FeeTooHigh", scene.ask.scheduleParams({ feeBps: 10_000n }));
});

test("a user pays what was quoted, whatever the fee is: only its receiver changes", async () => {
  const scene = await Scene.open({ feeBps: 0n });
  assert.equal(scene.collect(ANN, 10n * USDC), 10n * USDC);
  scene.land(scene.ask.scheduleParams({ feeBps: 500n }));
  scene.chain.advance(TIMELOCK);
  scene.land(scene.ask.applyParams());
  assert.equal(scene.collect(ANN, 10n * USDC), 10n * USDC);
  assert.equal(scene.bed.readEscrow(ANN).balance, 80n * USDC);
  assert.equal(scene.bed.readProvider(PAT).earnedTotal, 19_500_000n);
});

test("a window's cap that is raised takes no more than before until two days later", async () => {
  const scene = await Scene.open({ settlerWindowCap: 30n * USDC });
  const { ask } = scene;
  scene.land(ask.scheduleParams({ settlerWindowCap: 1_000n * USDC }));
  assert.equal(scene.collect(ANN, 30n * USDC), 30n * USDC);
  scene.refuse("SettlerCap", ask.settle([scene.bill(BEN, 1n)]));
  scene.chain.advance(TIMELOCK - 1n);
  scene.refuse("ParamNotReady", ask.applyParams());
  scene.refuse("SettlerCap", ask.settle([scene.bill(BEN, 30n * USDC + 1n)]));
  scene.chain.advance(1n);
  scene.land(ask.applyParams());
  assert.equal(scene.collect(BEN, 100n * USDC), 100n * USDC);
});

test("a window that is shortened begins no sooner until two days later", async () => {
  const scene = await Scene.open({ settlerWindow: DAY, settlerWindowCap: 10n * USDC });
  const { ask } = scene;
  scene.land(ask.scheduleParams({ settlerWindow: 1n, settlerWindowCap: 10n * USDC }));
  assert.equal(scene.collect(ANN, 10n * USDC), 10n * USDC);
  scene.chain.advance(DAY - 1n);
  scene.refuse("SettlerCap", ask.settle([scene.bill(ANN, 1n)]));
  scene.chain.advance(1n);
  assert.equal(scene.collect(ANN, 10n * USDC), 10n * USDC);
});

test("longer delays and notices bind nobody until two days later, and shorter ones do at once", async () => {
  const scene = await Scene.open();
  const { bed, ask } = scene;
  const params = { userExitDelay: 7n * DAY, providerExitDelay: 30n * DAY, allowanceNotice: 3n * DAY };
  scene.land(ask.scheduleParams(params));
  scene.chain.advance(TIMELOCK - 1n);
  scene.land(ask.requestExit(ANN));
  assert.equal(bed.readEscrow(ANN).exitDelay, DAY);
  scene.chain.advance(1n);
  scene.land(ask.applyParams(), ask.requestExit(BEN));
  assert.equal(bed.readEscrow(BEN).exitDelay, 7n * DAY);
  scene.land(ask.scheduleParams({ userExitDelay: HOUR, providerExitDelay: HOUR, allowanceNotice: 0n }));
  scene.land(ask.cancelExit(BEN), ask.requestExit(BEN));
  assert.equal(bed.readEscrow(BEN).exitDelay, HOUR);
});

test("an exit that was requested keeps its delay, whatever is scheduled and applied after it", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.land(ask.scheduleParams({ userExitDelay: 7n * DAY }));
  scene.chain.advance(TIMELOCK - 1n);
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(1n);
  scene.land(ask.applyParams());
  scene.chain.advance(DAY - 2n);
  scene.refuse("ExitTooEarly", ask.finalizeExit(ANN));
  scene.chain.advance(1n);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 1_000n * USDC);
});
