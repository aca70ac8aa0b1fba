import assert from "node:assert/strict";
import { test } from "node:test";
import { SYSTEM_PROGRAM_ADDRESS } from "@solana-program/system";
import { ANN, BEN, MALLORY, PAT } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { DAY, HOUR, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const CAP = 50n * USDC;
const NOBODY = SYSTEM_PROGRAM_ADDRESS;
const COLD_ACCOUNT = named("an account of another key of pat's");

test("a stolen settler key gives its thief one cap a window, none of it for a week, until the admin takes the role", async () => {
  const scene = await Scene.open({ settlerWindowCap: CAP });
  const { ask, bed } = scene;
  await scene.addProvider(MALLORY);
  for (const window of [1n, 2n]) {
    scene.refuse("SettlerCap", ask.settle([scene.bill(ANN, CAP, MALLORY), scene.bill(BEN, 1n, MALLORY)]));
    assert.equal(scene.collect(ANN, CAP, MALLORY), CAP);
    scene.refuse("SettlerCap", ask.settle([scene.bill(BEN, 1n, MALLORY)]));
    assert.equal(bed.readConfig().totalUser, 200n * USDC - window * CAP);
    scene.chain.advance(HOUR);
  }
  scene.land(ask.setRoles({ settler: NOBODY }));
  scene.refuse("MissingSigner", ask.settle([scene.bill(BEN, 1n, MALLORY)]));

  const stolen = 2n * (CAP - 1_250_000n); // what is left of two caps after the router's fee
  scene.refuse("CosignerRequired", ask.withdrawProvider(MALLORY, stolen, { cosigner: signer(MALLORY) }));
  scene.land(ask.providerRequestExit(MALLORY, stolen));
  scene.chain.advance(7n * DAY - 1n);
  scene.refuse("ExitTooEarly", ask.providerFinalizeExit(MALLORY));
  scene.chain.advance(1n);
  scene.land(ask.providerFinalizeExit(MALLORY));
  assert.equal(scene.tokensOf(MALLORY), 97_500_000n);
});

test("a stolen cosigner key withdraws nothing of anybody", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 10n * USDC);
  const destination = scene.bed.associatedOf(MALLORY);
  const thief = signer(MALLORY);
  scene.refuse("MissingSigner", scene.ask.withdrawUser(ANN, 1n, { user: thief, destination }));
  scene.refuse("NotProviderOwner", scene.ask.withdrawProvider(PAT, 1n, { owner: thief, payout: destination }));
  scene.refuse("NotProviderOwner", scene.ask.setPayout(PAT, destination, { owner: thief }));
  scene.refuse("NotAdmin", scene.ask.setRoles({}, { admin: thief, cosigner: signer(scene.bed.keys.cosigner) }));
});

test("a stolen guardian key keeps nobody from leaving in time, and pauses no more than half of the time", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const begin = scene.chain.time;
  scene.collect(ANN, 40n * USDC);
  scene.land(ask.setPause(7), ask.requestExit(ANN), ask.providerRequestExit(PAT, USDC));
  scene.refuse("Paused", ask.withdrawUser(BEN, USDC));
  scene.refuse("Paused", ask.withdrawProvider(PAT, USDC));
  scene.refuse("Paused", ask.settle([scene.bill(ANN, USDC)]));
  scene.refuse("Paused", ask.deposit(BEN, USDC));
  scene.refuse("NotAdmin", ask.setPause(0, { clear: 7 }));
  scene.goTo(begin + 6n * HOUR);
  scene.land(ask.withdrawUser(BEN, USDC), ask.deposit(BEN, USDC));
  scene.goTo(begin + 12n * HOUR);
  scene.land(ask.setPause(7));
  scene.goTo(begin + DAY);
  scene.land(ask.setPause(7), ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 960n * USDC);
  scene.goTo(begin + 7n * DAY);
  scene.land(ask.setPause(7), ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), USDC);
});

test("a stolen fee owner key takes the fees and the donations to the micro-dollar, and no deposit", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.refuse("NothingToWithdraw", ask.collectFees(1n));
  scene.refuse("NothingToWithdraw", ask.sweepSurplus());
  scene.collect(ANN, 40n * USDC);
  const destination = bed.associatedOf(MALLORY);
  scene.refuse("InsufficientBalance", ask.collectFees(USDC + 1n, { destination }));
  scene.land(ask.collectFees(USDC, { destination }));
  scene.refuse("NothingToWithdraw", ask.collectFees(1n, { destination }));
  scene.refuse("NothingToWithdraw", ask.sweepSurplus({ destination }));
  assert.equal(scene.tokensOf(MALLORY), USDC);
  assert.equal(scene.chain.tokens(bed.vault), 199n * USDC);
});

test("a stolen admin key takes nothing of whoever leaves when it announces, and one cap a window after two days", async () => {
  const scene = await Scene.open({ settlerWindowCap: CAP });
  const { ask, bed } = scene;
  const announced = scene.chain.time;
  await scene.addProvider(MALLORY);
  scene.land(ask.setRoles({ settler: MALLORY, cosigner: MALLORY }), ask.scheduleParams({ settlerWindowCap: CAP }));
  scene.land(ask.requestExit(ANN));
  const byMallory = { settler: signer(MALLORY) };
  scene.refuse("MissingSigner", ask.settle([scene.bill(BEN, 1n, MALLORY)], byMallory));
  scene.goTo(announced + DAY);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 1_000n * USDC);
  scene.goTo(announced + 2n * DAY - 1n);
  scene.refuse("ParamNotReady", ask.applyParams());
  scene.goTo(announced + 2n * DAY);
  scene.land(ask.applyParams(), ask.settle([scene.bill(BEN, CAP, MALLORY)], byMallory));
  scene.refuse("SettlerCap", ask.settle([scene.bill(BEN, 1n, MALLORY)], byMallory));
  scene.land(ask.withdrawProvider(MALLORY, 48_750_000n, { cosigner: signer(MALLORY) }));
  assert.equal(bed.readEscrow(BEN).balance, 50n * USDC);
});

test("stolen admin and cosigner keys make a settler at once, and it takes one cap a window", async () => {
  const scene = await Scene.open({ settlerWindowCap: CAP });
  const { ask, bed } = scene;
  await scene.addProvider(MALLORY);
  scene.land(ask.setRoles({ settler: MALLORY }, { cosigner: signer(bed.keys.cosigner) }));
  const byMallory = { settler: signer(MALLORY) };
  scene.refuse("SettlerCap", ask.settle([scene.bill(ANN, CAP + 1n, MALLORY)], byMallory));
  scene.land(ask.settle([scene.bill(ANN, CAP, MALLORY)], byMallory));
  scene.refuse("SettlerCap", ask.settle([scene.bill(BEN, 1n, MALLORY)], byMallory));
});

test("a stolen admin key that stops settlement stops no exit", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  const nobody = { settler: NOBODY, cosigner: NOBODY, guardian: NOBODY, feeOwner: NOBODY };
  scene.land(ask.setRoles(nobody), ask.scheduleParams({ settlerWindowCap: 0n, minDeposit: 2n ** 53n }));
  scene.refuse("MissingSigner", ask.settle([scene.bill(ANN, 1n)]));
  scene.refuse("BelowMinDeposit", ask.deposit(ANN, 2n ** 53n - 1n));
  scene.refuse("CosignerRequired", ask.withdrawUser(ANN, 1n));
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.land(ask.finalizeExit(ANN));
  assert.equal(scene.tokensOf(ANN), 1_000n * USDC);
});

test("a stolen user key withdraws nothing before the exit delay, in which the user stays by cancelling", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  const toMallory = { destination: bed.associatedOf(MALLORY) };
  const asAnn = { ...toMallory, user: signer(ANN) };
  scene.refuse("CosignerRequired", ask.withdrawUser(ANN, 1n, { ...toMallory, cosigner: signer(MALLORY) }));
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(DAY - 1n);
  scene.refuse("ExitTooEarly", ask.finalizeExit(ANN, asAnn));
  scene.land(ask.cancelExit(ANN));
  scene.chain.advance(1n);
  scene.refuse("ExitNotRequested", ask.finalizeExit(ANN, asAnn));
  // Who does not look for a whole delay loses the balance, and nothing that is outside the escrow.
  scene.land(ask.requestExit(ANN));
  scene.chain.advance(DAY);
  scene.land(ask.finalizeExit(ANN, asAnn));
  assert.equal(scene.tokensOf(MALLORY), 100n * USDC);
  assert.equal(scene.tokensOf(ANN), 900n * USDC);
});

test("a stolen owner key redirects nothing before the provider's delay, in which the owner saves everything", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  chain.plantToken(COLD_ACCOUNT, bed.mint, named("another key of pat's"), 0n);
  scene.land(ask.setPayout(PAT, COLD_ACCOUNT, { cosigner: signer(bed.keys.cosigner) }));
  scene.collect(ANN, 40n * USDC);
  const payout = bed.associatedOf(MALLORY);
  scene.land(ask.setPayout(PAT, payout), ask.providerRequestExit(PAT, 39n * USDC));
  scene.refuse("PayoutTimelock", ask.withdrawProvider(PAT, USDC, { payout }));
  chain.advance(7n * DAY - 1n);
  scene.refuse("ExitTooEarly", ask.providerFinalizeExit(PAT, { payout }));
  scene.refuse("PayoutTimelock", ask.withdrawProvider(PAT, USDC, { payout }));
  // The owner has the same key: the account in force ends the wait, and the cosigner pays to it at once.
  scene.land(ask.setPayout(PAT, COLD_ACCOUNT), ask.withdrawProvider(PAT, 39n * USDC, { payout: COLD_ACCOUNT }));
  assert.equal(chain.tokens(COLD_ACCOUNT), 39n * USDC);
  chain.advance(1n);
  scene.refuse("BadDestination", ask.providerFinalizeExit(PAT, { payout }));
  assert.equal(scene.tokensOf(MALLORY), 0n);
});

test("a stolen owner key that nobody notices gets everything, after the provider's delay", async () => {
  const scene = await Scene.open();
  const { ask, bed } = scene;
  scene.collect(ANN, 40n * USDC);
  const payout = bed.associatedOf(MALLORY);
  scene.land(ask.setPayout(PAT, payout), ask.providerRequestExit(PAT, 39n * USDC));
  scene.chain.advance(7n * DAY - 1n);
  scene.refuse("ExitTooEarly", ask.providerFinalizeExit(PAT, { payout }));
  scene.chain.advance(1n);
  scene.refuse("BadDestination", ask.providerFinalizeExit(PAT));
  scene.land(ask.providerFinalizeExit(PAT, { payout }));
  assert.equal(scene.tokensOf(MALLORY), 39n * USDC);
});

test("a stolen router id neither opens its router again nor changes it", async () => {
  const scene = await Scene.open();
  const { ask } = scene;
  scene.refuse("AlreadyInitialized", ask.init({ admin: signer(MALLORY) }));
  const asRouterId = { admin: signer(scene.bed.keys.routerId) };
  scene.refuse("NotAdmin", ask.setRoles({ settler: MALLORY }, asRouterId));
});
