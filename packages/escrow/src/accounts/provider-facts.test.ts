// A provider's facts are what the program does at the same moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, PAT } from "../test-bed/cast.ts";
import { named } from "../test-bed/chain.ts";
import { DAY, USDC } from "../test-bed/router-instructions.ts";
import { Scene } from "../test-bed/scene.ts";
import { claimable, exitPayment, payoutInForce, pendingPayout } from "./provider-facts.ts";

test("what is claimable is what was earned after the fee and not withdrawn", async () => {
  const scene = await Scene.open();
  assert.equal(claimable(scene.bed.readProvider(PAT)), 0n);
  scene.collect(ANN, 20n * USDC, PAT);
  assert.equal(claimable(scene.bed.readProvider(PAT)), 19_500_000n);
  scene.land(scene.ask.withdrawProvider(PAT, 9_500_000n));
  assert.equal(claimable(scene.bed.readProvider(PAT)), 10n * USDC);
});

test("an exit pays what was asked for, or what a withdrawal has left of it", async () => {
  const scene = await Scene.open();
  scene.collect(ANN, 20n * USDC, PAT);
  scene.land(scene.ask.providerRequestExit(PAT, 15n * USDC));
  assert.equal(exitPayment(scene.bed.readProvider(PAT)), 15n * USDC);
  scene.land(scene.ask.withdrawProvider(PAT, 10n * USDC));
  const left = exitPayment(scene.bed.readProvider(PAT));
  assert.equal(left, 9_500_000n);
  scene.chain.advance(8n * DAY);
  scene.land(scene.ask.providerFinalizeExit(PAT));
  assert.equal(scene.tokensOf(PAT), 10n * USDC + left);
});

test("a payout account is in force from its moment on, without another transaction", async () => {
  const scene = await Scene.open();
  const { bed, chain, ask } = scene;
  const spare = named("a spare token account");
  chain.plantToken(spare, bed.mint, PAT, 0n);
  scene.collect(ANN, 20n * USDC, PAT);
  scene.land(ask.setPayout(PAT, spare));
  const at = chain.time + 7n * DAY;
  const provider = bed.readProvider(PAT);
  assert.deepEqual(pendingPayout(provider, at - 1n), { payout: spare, at });
  assert.equal(pendingPayout(provider, at), undefined);
  assert.deepEqual([payoutInForce(provider, at - 1n), payoutInForce(provider, at)], [bed.associatedOf(PAT), spare]);
  scene.goTo(at - 1n);
  scene.land(ask.withdrawProvider(PAT, 1n));
  scene.goTo(at);
  scene.land(ask.withdrawProvider(PAT, 1n, { payout: spare }));
});
