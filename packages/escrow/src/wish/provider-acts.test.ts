// What a provider does by the chain alone: each act's own transaction is as its wish has it, lands, and no other one is.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instruction } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { claimable, pendingPayout } from "../accounts/provider-facts.ts";
import { DAY } from "../program-bounds.ts";
import { BuilderScene } from "../test-bed/builder-scene.ts";
import { ANN, MALLORY, PAT } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { bytesOf, unsigned } from "../test-bed/wire-bytes.ts";
import { actWish } from "./chain-act.ts";
import type { ChainAct } from "./chain-act.ts";
import { checkTransaction } from "./check-transaction.ts";
import { earningsExitFinalizeAct, earningsExitRequestAct, payoutAct } from "./provider-acts.ts";
import type { ActingProvider } from "./provider-acts.ts";

const SPARE = named("a spare token account");

/** PAT has earned 20 USDC less the fee. */
async function open(): Promise<BuilderScene> {
  const bed = await BuilderScene.open();
  bed.scene.chain.plantToken(SPARE, bed.bed.mint, MALLORY, 0n);
  bed.scene.collect(ANN, 20n * USDC, PAT);
  return bed;
}

function actingIn(bed: BuilderScene): ActingProvider {
  const now = { time: bed.now, slot: bed.slot };
  return { owner: signer(PAT), view: { router: bed.router, now }, provider: bed.provider(PAT) };
}

/** What is said of these steps where this act is wished. */
async function kindOf(
  { bed }: BuilderScene,
  act: ChainAct,
  steps: readonly Instruction[] = act.steps,
): Promise<string> {
  const wish = actWish(act, { place: bed.place, routerId: bed.keys.routerId, signer: PAT });
  return (await checkTransaction(bytesOf(unsigned(PAT, steps)), wish)).kind;
}

async function lands(bed: BuilderScene, act: ChainAct): Promise<void> {
  assert.equal(await kindOf(bed, act), "as_wished");
  await bed.lands(async () => act.steps);
}

test("earnings are taken out after the delay, to the payout account in force", async () => {
  const bed = await open();
  const amount = microUsdc(4n * USDC);
  const request = await earningsExitRequestAct(actingIn(bed), amount);
  assert.match(request.question, /^Request the exit of 4\.00 USDC, due about .* UTC, in 7 d\?$/);
  assert.equal(await kindOf(bed, request, [bed.scene.ask.providerRequestExit(PAT, amount + 1n)]), "different");
  await lands(bed, request);
  await assert.rejects(earningsExitFinalizeAct(actingIn(bed)), { code: "escrow_refused" });
  bed.scene.goTo(bed.now + 7n * DAY);
  const finalize = await earningsExitFinalizeAct(actingIn(bed));
  assert.deepEqual([finalize.paid, finalize.destination], [amount, bed.bed.associatedOf(PAT)]);
  assert.equal(await kindOf(bed, finalize, [bed.scene.ask.providerFinalizeExit(PAT, { payout: SPARE })]), "different");
  await lands(bed, finalize);
  assert.equal(bed.scene.tokensOf(PAT), amount);
  const much = microUsdc(claimable(bed.provider(PAT).data) + 1n);
  await assert.rejects(earningsExitRequestAct(actingIn(bed), much), { code: "escrow_refused" });
});

test("another payout account is named with its delay, and the one in force takes that back", async () => {
  const bed = await open();
  const away = await payoutAct(actingIn(bed), { account: SPARE, reading: bed.token(SPARE) });
  assert.equal(away.question, `Have all earnings paid to ${SPARE}, from 7 d after this on?`);
  assert.equal(await kindOf(bed, away, [bed.scene.ask.setPayout(PAT, bed.bed.associatedOf(MALLORY))]), "different");
  await lands(bed, away);
  assert.equal(pendingPayout(bed.provider(PAT).data, bed.now)?.payout, SPARE);
  const own = bed.bed.associatedOf(PAT);
  const back = await payoutAct(actingIn(bed), { account: own });
  assert.equal(back.question, `Go on being paid to ${own}?`);
  await lands(bed, back);
  assert.equal(pendingPayout(bed.provider(PAT).data, bed.now), undefined);
});
