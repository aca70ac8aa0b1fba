import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { ANN, BEN, MALLORY, PAT } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { AMOUNT_MAX } from "./test-bed/planted-records.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

/** A router from which one thief has every key: settler, cosigner, guardian, admin and fee owner. */
const CAP = 10n * USDC;
const TERMS = { settlerWindowCap: CAP, settlerWindow: HOUR };
const ALLOWANCE = 800n * USDC;
const VICTIM = named("a user with 1,000 USDC");

async function openRobbedRouter(): Promise<Scene> {
  const scene = await Scene.open(TERMS);
  await scene.addProvider(MALLORY);
  await scene.bed.know(VICTIM);
  scene.bed.giveTokens(VICTIM, 1_000n * USDC);
  scene.land(scene.ask.openEscrow(VICTIM, { allowTotal: ALLOWANCE }), scene.ask.deposit(VICTIM, 1_000n * USDC));
  return scene;
}

/** Takes of a user whatever the chain lets the thief take at this moment; how much that was. */
function takeAll(scene: Scene, user: Address): bigint {
  const { params, windowStart, windowSpent } = scene.bed.readConfig();
  const isNew = scene.chain.time >= windowStart + params.settlerWindow;
  const left = params.settlerWindowCap - (isNew ? 0n : windowSpent);
  const taken = left === 0n ? 0n : scene.collect(user, left, MALLORY);
  const { balance, allowTotal, settledTotal } = scene.bed.readEscrow(user);
  // Not a micro-dollar more in this window.
  if ((taken > 0n || left === 0n) && balance > 0n && allowTotal > settledTotal) {
    scene.refuse("SettlerCap", scene.ask.settle([scene.bill(user, 1n, MALLORY)]));
  }
  return taken;
}

/** What the thief has outside the vault when everything that was taken is paid out at once. */
function cashIn(scene: Scene): bigint {
  const { ask, bed } = scene;
  const { earnedTotal, withdrawnTotal } = bed.readProvider(MALLORY);
  if (earnedTotal > withdrawnTotal) scene.land(ask.withdrawProvider(MALLORY, earnedTotal - withdrawnTotal));
  const { feeAccrued } = bed.readConfig();
  const destination = bed.associatedOf(MALLORY);
  if (feeAccrued > 0n) scene.land(ask.collectFees(feeAccrued, { destination }));
  return scene.tokensOf(MALLORY);
}

test("all router keys together take of a user who does nothing the allowance, and not a micro-dollar more", async () => {
  const scene = await openRobbedRouter();
  const { ask, bed } = scene;
  const begin = scene.chain.time;
  scene.land(ask.scheduleParams({ ...TERMS, settlerWindowCap: AMOUNT_MAX }));
  let taken = 0n;
  for (let hour = 0n; hour < 48n; hour += 1n) {
    scene.goTo(begin + hour * HOUR);
    taken += takeAll(scene, VICTIM);
    assert.equal(taken, (hour + 1n) * CAP);
  }
  scene.goTo(begin + 2n * DAY);
  scene.land(ask.applyParams());
  taken += takeAll(scene, VICTIM);
  assert.equal(taken, ALLOWANCE);
  assert.equal(takeAll(scene, VICTIM), 0n);
  assert.equal(cashIn(scene), ALLOWANCE);
  // The rest is the user's, who still leaves with it.
  scene.land(ask.setPause(7), ask.requestExit(VICTIM));
  scene.chain.advance(DAY);
  scene.land(ask.finalizeExit(VICTIM));
  assert.equal(scene.tokensOf(VICTIM), 1_000n * USDC - ALLOWANCE);
  assert.equal(bed.readEscrow(VICTIM).balance, 0n);
});

test("all router keys together take of a user whose allowance is above the balance no more than the balance", async () => {
  const scene = await openRobbedRouter();
  scene.land(scene.ask.scheduleParams({ ...TERMS, settlerWindowCap: AMOUNT_MAX }));
  scene.chain.advance(2n * DAY);
  scene.land(scene.ask.applyParams());
  assert.equal(takeAll(scene, ANN), 100n * USDC);
  assert.equal(takeAll(scene, ANN), 0n);
  assert.equal(cashIn(scene), 100n * USDC);
  assert.equal(scene.tokensOf(ANN), 900n * USDC);
});

test("all router keys together take of a user who leaves at the first theft one cap for each window of the delay, and one", async () => {
  const scene = await openRobbedRouter();
  const { ask, bed } = scene;
  // A window that is about to end, in which nothing was taken yet: the worst moment to begin.
  scene.land(ask.settle([{ ...scene.bill(BEN, 1n), seq: 0 }]));
  scene.chain.advance(HOUR - 1n);
  const begin = scene.chain.time;
  scene.land(ask.scheduleParams({ ...TERMS, settlerWindowCap: AMOUNT_MAX }));
  let taken = takeAll(scene, VICTIM);
  scene.land(ask.requestExit(VICTIM));
  for (let second = 1n; second < DAY; second += HOUR) {
    scene.goTo(begin + second);
    taken += takeAll(scene, VICTIM);
    scene.goTo(begin + second + HOUR - 2n);
    assert.equal(takeAll(scene, VICTIM), 0n);
  }
  assert.equal(taken, 25n * CAP);
  scene.goTo(begin + DAY);
  assert.equal(scene.collect(VICTIM, 1n, MALLORY), 0n);
  assert.equal(cashIn(scene), 250n * USDC);
  scene.land(ask.setPause(7), ask.finalizeExit(VICTIM));
  assert.equal(scene.tokensOf(VICTIM), 750n * USDC);
  assert.equal(bed.readConfig().params.settlerWindowCap, CAP);
});

test("all router keys together take of a user who leaves at the announcement nothing that was announced", async () => {
  const scene = await openRobbedRouter();
  const { ask } = scene;
  scene.land(ask.scheduleParams({ ...TERMS, settlerWindowCap: AMOUNT_MAX, feeBps: 500n, userExitDelay: 7n * DAY }));
  scene.land(ask.requestExit(VICTIM));
  scene.chain.advance(DAY - 1n);
  scene.refuse("ParamNotReady", ask.applyParams());
  scene.chain.advance(1n);
  scene.land(ask.setPause(7), ask.finalizeExit(VICTIM));
  assert.equal(scene.tokensOf(VICTIM), 1_000n * USDC);
});

test("all router keys together take from all users together one cap a window, however many they are", async () => {
  const scene = await openRobbedRouter();
  const bills = [VICTIM, ANN, BEN].map((user) => scene.bill(user, 4n * USDC, MALLORY));
  scene.refuse("SettlerCap", scene.ask.settle(bills));
  scene.land(scene.ask.settle(bills.slice(0, 2)));
  scene.refuse("SettlerCap", scene.ask.settle([scene.bill(BEN, 2n * USDC + 1n, MALLORY)]));
  scene.land(scene.ask.settle([scene.bill(BEN, 2n * USDC, MALLORY)]));
  assert.equal(cashIn(scene), CAP);
});

test("all router keys together take nothing of what a provider has earned", async () => {
  const scene = await openRobbedRouter();
  const { ask, bed } = scene;
  scene.collect(VICTIM, 10n * USDC, PAT);
  const thief = signer(bed.keys.admin);
  const payout = bed.associatedOf(MALLORY);
  scene.refuse("NotProviderOwner", ask.withdrawProvider(PAT, 1n, { owner: thief }));
  scene.refuse("NotProviderOwner", ask.setPayout(PAT, payout, { owner: thief, cosigner: signer(bed.keys.cosigner) }));
  scene.land(ask.setPause(7), ask.providerRequestExit(PAT, 9_750_000n));
  scene.land(ask.scheduleParams({ ...TERMS, providerExitDelay: 30n * DAY }));
  scene.chain.advance(2n * DAY);
  scene.land(ask.applyParams());
  scene.chain.advance(5n * DAY);
  scene.land(ask.setPause(7), ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), 9_750_000n);
});
