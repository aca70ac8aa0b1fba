// A router's facts are what the program does at the same moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, PAT, SUCCESSOR } from "../test-bed/cast.ts";
import { DAY, HOUR, USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import {
  liabilities,
  pauseState,
  pendingAdmin,
  pendingParams,
  pendingRoles,
  solvency,
  timelock,
  windowRoom,
  windowSpent,
} from "./config-facts.ts";

test("a pause lasts until its end, of its own kind only", async () => {
  const { chain, ask, bed } = await Scene.open();
  chain.send(ask.setPause(2));
  const config = bed.readConfig();
  const until = chain.time + 6n * HOUR;
  assert.deepEqual(pauseState(config, "settle", until - 1n), { isPaused: true, until, notBefore: until + 6n * HOUR });
  assert.equal(pauseState(config, "settle", until).isPaused, false);
  for (const kind of ["deposit", "coop_withdraw"] as const) {
    assert.deepEqual(pauseState(config, kind, chain.time), { isPaused: false, until: 0n, notBefore: 0n });
  }
});

test("what is announced is told until it is applied, and since when it is due", async () => {
  const { chain, ask, bed } = await Scene.open();
  const nothing = bed.readConfig();
  for (const told of [pendingParams, pendingRoles, pendingAdmin]) assert.equal(told(nothing, chain.time), undefined);
  chain.send(ask.scheduleParams({ feeBps: 500n }), ask.setRoles({ settler: ANN }), ask.proposeAdmin(SUCCESSOR));
  const config = bed.readConfig();
  const at = chain.time + timelock(config);
  assert.equal(timelock(config), 2n * DAY);
  for (const [now, isDue] of [
    [at - 1n, false],
    [at, true],
  ] as const) {
    const params = pendingParams(config, now);
    assert.deepEqual([params?.value.feeBps, params?.at, params?.isDue], [500n, at, isDue]);
    const roles = pendingRoles(config, now);
    assert.deepEqual([roles?.value.settler, roles?.at, roles?.isDue], [ANN, at, isDue]);
    assert.deepEqual(pendingAdmin(config, now), { value: SUCCESSOR, at, isDue });
  }
});

test("what a window has left is what the program lets through", async () => {
  const scene = await Scene.open({ settlerWindowCap: 10n * USDC });
  const { chain, bed, ask } = scene;
  assert.equal(windowRoom(bed.readConfig(), chain.time), 10n * USDC);
  scene.collect(ANN, 4n * USDC);
  assert.deepEqual(
    [windowRoom(bed.readConfig(), chain.time), windowSpent(bed.readConfig(), chain.time)],
    [6n * USDC, 4n * USDC],
  );
  scene.refuse("SettlerCap", ask.settle([scene.bill(ANN, 6n * USDC + 1n)]));
  scene.collect(ANN, 6n * USDC);
  const end = bed.readConfig().windowStart + HOUR;
  assert.equal(windowRoom(bed.readConfig(), end - 1n), 0n);
  assert.equal(windowRoom(bed.readConfig(), end), 10n * USDC);
  chain.send(ask.scheduleParams({ settlerWindowCap: USDC }));
  assert.equal(windowRoom(bed.readConfig(), end - 1n), 0n);
});

test("what is owed is everybody's together, and the vault's difference is a surplus or a shortfall", async () => {
  const scene = await Scene.open();
  const { chain, bed } = scene;
  scene.collect(ANN, 20n * USDC, PAT);
  const config = bed.readConfig();
  const held = chain.tokens(bed.vault);
  assert.equal(liabilities(config), held);
  assert.deepEqual(solvency(config, held), { owed: held, held, surplus: 0n, shortfall: 0n });
  assert.deepEqual(solvency(config, held + 3n), { owed: held, held: held + 3n, surplus: 3n, shortfall: 0n });
  assert.deepEqual(solvency(config, held - 3n), { owed: held, held: held - 3n, surplus: 0n, shortfall: 3n });
});
