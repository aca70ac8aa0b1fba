// What a user does by the chain alone: each act's own transaction is as its wish has it, lands, and no other one is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { allowanceInForce } from "../accounts/escrow-facts.ts";
import { DAY } from "../program-bounds.ts";
import { BuilderScene } from "../test-bed/builder-scene.ts";
import { ANN, MALLORY } from "../test-bed/cast.ts";
import { signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { SCENE_EXPIRY } from "../test-bed/scene.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { actWish } from "./chain-act.ts";
import type { ChainAct } from "./chain-act.ts";
import { checkTransaction } from "./check-transaction.ts";
import { allowanceAct, allowanceTarget, exitCancelAct, exitFinalizeAct, exitRequestAct } from "./user-acts.ts";
import type { ActingUser } from "./user-acts.ts";

function actingIn(bed: BuilderScene): ActingUser {
  const now = { time: bed.now, slot: bed.slot };
  return { user: signer(ANN), view: { router: bed.router, now }, escrow: bed.escrow(ANN) };
}

/** What is said of these steps where this act is wished. */
async function kindOf(
  { bed }: BuilderScene,
  act: ChainAct,
  steps: readonly Instruction[] = act.steps,
): Promise<string> {
  const wish = actWish(act, { place: bed.place, routerId: bed.keys.routerId, signer: ANN });
  assert.deepEqual([wish.signers, wish.names], [[ANN], { [bed.config]: bed.keys.routerId }]);
  return (await checkTransaction(bytesOf(unsigned(ANN, steps)), wish)).kind;
}

async function lands(bed: BuilderScene, act: ChainAct): Promise<void> {
  assert.equal(await kindOf(bed, act), "as_wished");
  await bed.lands(async () => act.steps);
}

test("the allowance is what was asked for, and the rest stays", async () => {
  const bed = await BuilderScene.open();
  const acting = actingIn(bed);
  const nothing = { total: undefined, lasts: undefined };
  assert.deepEqual(allowanceTarget(acting, nothing), {
    total: 1_000n * USDC,
    expiresAt: SCENE_EXPIRY,
    isInForce: true,
  });
  const target = allowanceTarget(acting, { total: microUsdc(1_500n * USDC), lasts: undefined });
  assert.deepEqual(target, { total: 1_500n * USDC, expiresAt: SCENE_EXPIRY, isInForce: false });
  const shorter = allowanceTarget(acting, { total: undefined, lasts: DAY });
  assert.deepEqual([shorter.total, shorter.expiresAt], [1_000n * USDC, bed.now + DAY]);
  const act = await allowanceAct(acting, target);
  assert.match(act.question, /^Let the router settle at most 1500\.00 USDC in all, until \d{4}-/);
  const more = bed.scene.ask.setAllowance(ANN, target.total + 1n, target.expiresAt);
  assert.equal(await kindOf(bed, act, [more]), "different");
  await lands(bed, act);
  assert.equal(allowanceInForce(bed.escrow(ANN).data, bed.now).total, 1_500n * USDC);
});

test("an end that has passed is another year", async () => {
  const bed = await BuilderScene.open();
  bed.scene.goTo(SCENE_EXPIRY);
  const { expiresAt, isInForce } = allowanceTarget(actingIn(bed), { total: undefined, lasts: undefined });
  assert.deepEqual([expiresAt, isInForce], [bed.now + 365n * DAY, false]);
});

test("a user leaves, stays, leaves, and is paid once that is due", async () => {
  const bed = await BuilderScene.open();
  const request = await exitRequestAct(actingIn(bed));
  assert.match(request.question, /^Leave with 100\.00 USDC, due about .* UTC, in 1 d\?$/);
  assert.equal(await kindOf(bed, request, [bed.scene.ask.requestExit(MALLORY)]), "different");
  await lands(bed, request);
  await lands(bed, await exitCancelAct(actingIn(bed)));
  assert.equal(bed.escrow(ANN).data.exitRequestedAt, 0n);
  await lands(bed, await exitRequestAct(actingIn(bed)));
  await assert.rejects(exitFinalizeAct(actingIn(bed)), { code: "escrow_refused" });
  bed.scene.goTo(bed.now + DAY);
  const finalize = await exitFinalizeAct(actingIn(bed));
  const destination = bed.bed.associatedOf(ANN);
  assert.deepEqual([finalize.paid, finalize.destination], [100n * USDC, destination]);
  assert.equal(finalize.question, `Have 100.00 USDC paid to ${destination}?`);
  const elsewhere = bed.scene.ask.finalizeExit(ANN, { destination: bed.bed.associatedOf(MALLORY) });
  assert.equal(await kindOf(bed, finalize, [elsewhere]), "different");
  await lands(bed, finalize);
  assert.equal(bed.scene.tokensOf(ANN), 1_000n * USDC);
});
