// Delays that are announced, and delays that become shorter, do not change what was promised to those who act meanwhile.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, MALLORY, PAT } from "./test-bed/cast.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const ALL = 100n * USDC;
const WEEK = 7n * DAY;

test("roles announced just before a longer delay is in force wait for that delay, and whoever leaves within a day is paid", async () => {
  const scene = await Scene.open();
  const { chain, ask, bed } = scene;
  scene.land(ask.scheduleParams({ userExitDelay: WEEK }));
  chain.advance(2n * DAY - 1n);
  scene.land(ask.setRoles({ settler: MALLORY }), ask.proposeAdmin(MALLORY));
  const announced = chain.time;
  assert.equal(bed.readConfig().pendingRolesAt, announced + WEEK + DAY);
  assert.equal(bed.readConfig().pendingAdminAt, announced + WEEK + DAY);
  chain.advance(1n);
  scene.land(ask.applyParams());

  chain.advance(DAY - 2n); // the last second of the day
  scene.land(ask.requestExit(ANN));
  chain.advance(WEEK);
  scene.land(ask.finalizeExit(ANN));
  assert.ok(chain.time < announced + WEEK + DAY);
  scene.refuse("ParamNotReady", ask.applyParams());
  assert.equal(bed.readEscrow(ANN).settledTotal, 0n);
});

test("an exit that runs is due by a delay that became shorter, before anything announced meanwhile", async () => {
  const scene = await Scene.open({ userExitDelay: WEEK, settlerWindow: WEEK, settlerWindowCap: 10n * USDC });
  const { chain, ask, bed } = scene;
  scene.land(ask.requestExit(ANN));
  chain.advance(1n);
  scene.land(ask.scheduleParams({ userExitDelay: 1n, allowanceNotice: 0n }));
  scene.land(ask.scheduleParams({ settlerWindowCap: 2n ** 53n }));
  chain.advance(DAY + 1n);
  scene.land(ask.applyParams());
  assert.equal(scene.collect(ANN, ALL), 0n);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(bed.readEscrow(ANN).withdrawnTotal, ALL);
});

test("a pause that runs ends with half of a notice that becomes shorter", async () => {
  const scene = await Scene.open();
  const { chain, ask } = scene;
  scene.land(ask.setPause(2));
  chain.advance(HOUR);
  scene.land(ask.scheduleParams({ userExitDelay: HOUR, allowanceNotice: 1_000n }), ask.requestExit(ANN));
  chain.advance(499n);
  scene.refuse("Paused", ask.settle([scene.bill(ANN, ALL)]));
  chain.advance(1n);
  assert.equal(scene.collect(ANN, ALL, PAT), ALL);
});
