import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction } from "@solana/kit";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ANN, MALLORY, SUCCESSOR } from "./test-bed/cast.ts";
import { signer } from "./test-bed/chain.ts";
import { answerTo, answersAround } from "./test-bed/deadline-sides.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const TIMELOCK = 2n * DAY;
const TOO_EARLY = ["ParamNotReady", "lands", "lands"];

/** What can be paused: its bit, its name, and an instruction that it stops. */
const PAUSES: readonly (readonly [bit: number, words: string, stopped: (scene: Scene) => Instruction])[] = [
  [1, "deposits", ({ ask }) => ask.deposit(ANN, USDC)],
  [2, "settlements", ({ ask, bill }) => ask.settle([bill(ANN, USDC)])],
  [4, "cooperative withdrawals", ({ ask }) => ask.withdrawUser(ANN, USDC)],
];

test("announced params are applied from the end of their timelock on", async () => {
  const announce = (scene: Scene): bigint => {
    scene.land(scene.ask.scheduleParams({ feeBps: 300n }));
    return scene.chain.time + TIMELOCK;
  };
  assert.deepEqual(await answersAround(announce, (scene) => answerTo(scene, scene.ask.applyParams())), TOO_EARLY);
});

test("announced roles are applied from the end of their timelock on", async () => {
  const announce = (scene: Scene): bigint => {
    scene.land(scene.ask.setRoles({ settler: MALLORY }));
    return scene.chain.time + TIMELOCK;
  };
  const settler = signer(MALLORY);
  const apply = (scene: Scene): (string | undefined)[] => [
    answerTo(scene, scene.ask.applyParams()),
    answerTo(scene, scene.ask.settle([scene.bill(ANN, USDC)], { settler })),
  ];
  assert.deepEqual(await answersAround(announce, apply), [
    ["ParamNotReady", "MissingSigner"],
    ["lands", "lands"],
    ["lands", "lands"],
  ]);
});

test("a proposed admin accepts from the end of the timelock on", async () => {
  const propose = (scene: Scene): bigint => {
    scene.land(scene.ask.proposeAdmin(SUCCESSOR));
    return scene.chain.time + TIMELOCK;
  };
  const accept = (scene: Scene): string | undefined => answerTo(scene, scene.ask.acceptAdmin(SUCCESSOR));
  assert.deepEqual(await answersAround(propose, accept), TOO_EARLY);
});

test("a new announcement begins its own timelock", async () => {
  const announceAgain = (scene: Scene): bigint => {
    scene.land(scene.ask.scheduleParams({ feeBps: 300n }), scene.ask.setRoles({ settler: MALLORY }));
    scene.land(scene.ask.proposeAdmin(SUCCESSOR));
    scene.chain.advance(HOUR);
    scene.land(scene.ask.scheduleParams({ feeBps: 400n }), scene.ask.proposeAdmin(MALLORY));
    scene.land(scene.ask.setRoles({}));
    return scene.chain.time + TIMELOCK;
  };
  const apply = (scene: Scene): (string | undefined)[] => [
    answerTo(scene, scene.ask.applyParams()),
    answerTo(scene, scene.ask.acceptAdmin(MALLORY)),
    answerTo(scene, scene.ask.acceptAdmin(SUCCESSOR)),
  ];
  assert.deepEqual(await answersAround(announceAgain, apply), [
    ["ParamNotReady", "ParamNotReady", "NotPendingAdmin"],
    ["lands", "lands", "NotPendingAdmin"],
    ["lands", "lands", "NotPendingAdmin"],
  ]);
});

for (const [bit, words, stopped] of PAUSES) {
  const pause = (scene: Scene): void => void scene.land(scene.ask.setPause(bit));

  test(`${words} are paused for half a notice and open from its end on`, async () => {
    const begin = (scene: Scene): bigint => {
      pause(scene);
      return scene.chain.time + 6n * HOUR;
    };
    const answers = await answersAround(begin, (scene) => answerTo(scene, stopped(scene)));
    assert.deepEqual(answers, ["Paused", "lands", "lands"]);
  });

  test(`${words} are paused again from half a notice after the pause on`, async () => {
    const begin = (scene: Scene): bigint => {
      pause(scene);
      return scene.chain.time + 12n * HOUR;
    };
    const answers = await answersAround(begin, (scene) => answerTo(scene, scene.ask.setPause(bit)));
    assert.deepEqual(answers, ["PauseCooldown", "lands", "lands"]);
  });
}

test("a pause that the admin ends is over in that second, and rests as long as if it had not been", async () => {
  const begin = (scene: Scene): bigint => {
    const time = scene.chain.time;
    scene.land(scene.ask.setPause(2));
    scene.chain.advance(HOUR);
    scene.land(scene.ask.setPause(0, { clear: 2, signer: signer(scene.bed.keys.admin) }));
    scene.land(scene.ask.settle([scene.bill(ANN, USDC)]));
    return time + 12n * HOUR;
  };
  const answers = await answersAround(begin, (scene) => answerTo(scene, scene.ask.setPause(2)));
  assert.deepEqual(answers, ["PauseCooldown", "lands", "lands"]);
});

test("a window's cap is there again when the window is over, and not a second before", async () => {
  const spend = (scene: Scene): bigint => {
    assert.equal(scene.collect(ANN, 10n * USDC), 10n * USDC);
    return scene.chain.time + HOUR;
  };
  const more = (scene: Scene): string | undefined => answerTo(scene, scene.ask.settle([scene.bill(ANN, 10n * USDC)]));
  const params = { settlerWindowCap: 10n * USDC };
  assert.deepEqual(await answersAround(spend, more, params), ["SettlerCap", "lands", "lands"]);
  const nothing = (scene: Scene): string | undefined =>
    answerTo(scene, scene.ask.settle([{ ...scene.bill(ANN, 1n), seq: 0 }]));
  assert.deepEqual(await answersAround(spend, nothing, params), ["lands", "lands", "lands"]);
});

test("an admin who accepts is the admin from then on, and the old one is nobody", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.land(ask.proposeAdmin(SUCCESSOR));
  chain.advance(TIMELOCK);
  scene.land(ask.acceptAdmin(SUCCESSOR));
  const { admin, pendingAdmin, pendingAdminAt } = bed.readConfig();
  assert.deepEqual([admin, pendingAdmin, pendingAdminAt], [SUCCESSOR, SYSTEM_PROGRAM_ADDRESS, 0n]);
  scene.refuse("NotAdmin", ask.setUrl("https://old.example"));
  scene.refuse("NotPendingAdmin", ask.acceptAdmin(SUCCESSOR));
});

test("what was announced is applied once, and leaves nothing behind", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.land(ask.scheduleParams({ feeBps: 300n }), ask.setRoles({ settler: MALLORY }));
  const { pendingParams, pendingRoles } = bed.readConfig();
  assert.deepEqual([pendingParams.feeBps, pendingRoles.settler], [300n, MALLORY]);
  chain.advance(TIMELOCK);
  scene.land(ask.applyParams());
  scene.refuse("ParamNotReady", ask.applyParams());
  const config = bed.readConfig();
  assert.deepEqual([config.params.feeBps, config.roles.settler], [300n, MALLORY]);
  assert.deepEqual([config.pendingParamsAt, config.pendingRolesAt], [0n, 0n]);
  assert.ok(Object.values(config.pendingParams).every((value) => value === 0n));
  assert.ok(Object.values(config.pendingRoles).every((key) => key === SYSTEM_PROGRAM_ADDRESS));
});

test("an announcement of what is in force already withdraws the last", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  scene.land(ask.scheduleParams({ feeBps: 300n }), ask.setRoles({ settler: MALLORY }), ask.proposeAdmin(SUCCESSOR));
  scene.land(ask.scheduleParams({}), ask.setRoles({}), ask.proposeAdmin(SYSTEM_PROGRAM_ADDRESS));
  const { pendingParamsAt, pendingRolesAt, pendingAdminAt } = bed.readConfig();
  assert.deepEqual([pendingParamsAt, pendingRolesAt, pendingAdminAt], [0n, 0n, 0n]);
  chain.advance(TIMELOCK);
  scene.refuse("ParamNotReady", ask.applyParams());
  scene.refuse("NotPendingAdmin", ask.acceptAdmin(SUCCESSOR));
});

test("while a longer exit delay is announced, every further announcement waits for it", async () => {
  const announce = (scene: Scene): bigint => {
    scene.land(scene.ask.scheduleParams({ userExitDelay: 7n * DAY }));
    scene.land(scene.ask.setRoles({ settler: MALLORY }), scene.ask.proposeAdmin(SUCCESSOR));
    return scene.chain.time + 8n * DAY;
  };
  const apply = (scene: Scene): (string | undefined)[] => [
    answerTo(scene, scene.ask.applyParams()), // the delay itself is due since the second day
    answerTo(scene, scene.ask.settle([scene.bill(ANN, USDC)], { settler: signer(MALLORY) })),
    answerTo(scene, scene.ask.acceptAdmin(SUCCESSOR)),
  ];
  assert.deepEqual(await answersAround(announce, apply), [
    ["lands", "MissingSigner", "ParamNotReady"],
    ["lands", "lands", "lands"],
    ["lands", "lands", "lands"],
  ]);
});

test("a pause that runs ends with half of a notice that became shorter, and rests as long as before", async () => {
  const shorten = (scene: Scene): bigint => {
    scene.land(scene.ask.setPause(2));
    scene.chain.advance(HOUR);
    scene.land(scene.ask.scheduleParams({ allowanceNotice: 2n * HOUR }));
    return scene.chain.time + HOUR;
  };
  const settle = (scene: Scene): string | undefined => answerTo(scene, scene.ask.settle([scene.bill(ANN, USDC)]));
  assert.deepEqual(await answersAround(shorten, settle), ["Paused", "lands", "lands"]);
  const rest = (scene: Scene): bigint => shorten(scene) + 10n * HOUR;
  const pauseAgain = (scene: Scene): string | undefined => answerTo(scene, scene.ask.setPause(2));
  assert.deepEqual(await answersAround(rest, pauseAgain), ["PauseCooldown", "lands", "lands"]);
});
