import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, MALLORY, PAT, QUINN } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { AMOUNT_MAX } from "./test-bed/planted-records.ts";
import { DAY, USDC } from "./test-bed/router-instructions.ts";
import { Scene } from "./test-bed/scene.ts";

const EARNED = 39n * USDC;
const SPARE = named("a spare token account");

async function openEarned(): Promise<Scene> {
  const scene = await Scene.open();
  scene.collect(ANN, 40n * USDC, PAT);
  scene.chain.plantToken(SPARE, scene.bed.mint, MALLORY, 0n);
  return scene;
}

test("a provider leaves with what it asked for and has, and never with another's", async () => {
  const scene = await openEarned();
  const { ask, bed, chain } = scene;
  scene.collect(ANN, 40n * USDC, QUINN);
  scene.refuse("ZeroAmount", ask.providerRequestExit(PAT, 0n));
  scene.refuse("AmountTooLarge", ask.providerRequestExit(PAT, AMOUNT_MAX + 1n));
  scene.refuse("InsufficientBalance", ask.providerRequestExit(PAT, EARNED + 1n));
  scene.land(ask.providerRequestExit(PAT, EARNED));
  scene.refuse("ExitPending", ask.providerRequestExit(PAT, 1n));
  // The cosigner pays most of it before, and the exit pays the rest.
  scene.land(ask.withdrawProvider(PAT, EARNED - 1n));
  chain.advance(7n * DAY);
  scene.land(ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), EARNED);
  assert.equal(chain.tokens(bed.vault), 200n * USDC - EARNED);
  scene.refuse("ExitNotRequested", ask.providerFinalizeExit(PAT));
  scene.refuse("NothingToWithdraw", ask.providerRequestExit(PAT, 1n));
  scene.refuse("NothingToWithdraw", ask.withdrawProvider(PAT, 1n));
});

test("an exit of a provider that was paid meanwhile moves nothing and is over", async () => {
  const scene = await openEarned();
  const { ask, bed, chain } = scene;
  scene.land(ask.providerRequestExit(PAT, EARNED), ask.withdrawProvider(PAT, EARNED));
  chain.advance(7n * DAY);
  const vault = chain.tokens(bed.vault);
  scene.land(ask.providerFinalizeExit(PAT));
  assert.equal(chain.tokens(bed.vault), vault);
  assert.equal(bed.readProvider(PAT).exitRequestedAt, 0n);
});

test("an exit pays what was asked for, also where more was earned meanwhile", async () => {
  const scene = await openEarned();
  const { ask, chain } = scene;
  scene.land(ask.providerRequestExit(PAT, USDC));
  scene.collect(ANN, 20n * USDC, PAT);
  chain.advance(7n * DAY);
  scene.land(ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), USDC);
});

test("a payout account is the owner's word, and no signature but the cosigner's makes it sooner", async () => {
  const scene = await openEarned();
  const { ask, bed } = scene;
  scene.refuse("CosignerRequired", ask.setPayout(PAT, SPARE, { cosigner: signer(MALLORY) }));
  scene.refuse("CosignerRequired", ask.setPayout(PAT, SPARE, { cosigner: signer(bed.keys.admin) }));
  scene.refuse("NotProviderOwner", ask.setPayout(PAT, SPARE, { owner: signer(bed.keys.cosigner) }));
  scene.refuse("BadDestination", ask.withdrawProvider(PAT, USDC, { payout: SPARE }));
  scene.land(ask.setPayout(PAT, SPARE));
  scene.refuse("PayoutTimelock", ask.withdrawProvider(PAT, USDC, { payout: SPARE }));
  scene.land(ask.setPayout(PAT, SPARE, { cosigner: signer(bed.keys.cosigner) }));
  scene.refuse("BadDestination", ask.withdrawProvider(PAT, USDC));
  scene.land(ask.withdrawProvider(PAT, USDC, { payout: SPARE }));
});

test("a provider registered by a stranger is paid to its owner's account, and the stranger gets nothing", async () => {
  const scene = await Scene.open();
  const { ask, bed, chain } = scene;
  const owner = named("an owner who signs nothing");
  await bed.know(owner);
  chain.giveSol(MALLORY);
  scene.land(ask.registerProvider(owner, { payer: signer(MALLORY) }));
  assert.equal(bed.readProvider(owner).payout, bed.associatedOf(owner));
  scene.collect(ANN, 40n * USDC, owner);
  scene.refuse("NotProviderOwner", ask.withdrawProvider(owner, USDC, { owner: signer(MALLORY) }));
  scene.refuse("NotProviderOwner", ask.setPayout(owner, SPARE, { owner: signer(MALLORY) }));
});
