// A provider's withdrawal: what was earned and not paid, to the payout account in force.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf } from "@aimo-network/escrow/deploy/test-bed/deployment-bed";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { DAY } from "@aimo-network/escrow/test-bed/router-instructions";
import type { KeyPairSigner } from "@solana/kit";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

const EARNED = 19_500_000n; // of 20 USDC, after the router's fee

/** A router, and a provider with a key who earned 19.50 USDC. */
async function openBed(t: Parameters<typeof SigningBed.open>[0]): Promise<{ bed: SigningBed; pat: KeyPairSigner }> {
  const pat = await keyOf("a provider with a key");
  const bed = await SigningBed.open(t, {}, async (scene) => {
    await scene.addProvider(pat.address);
    scene.collect(ANN, 20n * USDC, pat.address);
  });
  await bed.person("a provider with a key");
  await bed.observeProvider(pat.address);
  return { bed, pat };
}

test("a provider's withdrawal is signed, and lands with the owner's signature", async (t) => {
  const { bed, pat } = await openBed(t);
  const id = await bed.withdraw("provider", pat.address, EARNED);
  await bed.land((await bed.signer().signWithdrawal(id)).wire, pat);
  assert.equal(bed.scene.tokensOf(pat.address), EARNED);
});

test("more than was earned and not paid is refused, whatever the ledger says", async (t) => {
  const { bed, pat } = await openBed(t);
  await bed.ledger.row("UPDATE providers SET claimable = claimable + 1000");
  const id = await bed.withdraw("provider", pat.address, EARNED + 1n);
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "above_claimable");
});

test("a withdrawal of a provider whom the chain does not know, or has paid since, is refused", async (t) => {
  const { bed, pat } = await openBed(t);
  const stranger = await bed.numberOf(named("nobody's provider"));
  await bed.ledger.row("UPDATE providers SET claimable = 5000 WHERE id = $1", [stranger]);
  const none = await bed.withdraw("provider", named("nobody's provider"), 1n);
  assert.equal((await refusalOf(bed.signer().signWithdrawal(none))).reason, "wrong_incarnation");
  const id = await bed.withdraw("provider", pat.address, USDC);
  await bed.ledger.row("UPDATE withdrawals SET withdraw_seq = withdraw_seq + 1");
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "wrong_incarnation");
});

test("a provider who leaves is paid, too: an exit takes only what is left", async (t) => {
  const { bed, pat } = await openBed(t);
  bed.scene.land(bed.scene.ask.providerRequestExit(pat.address, EARNED));
  const id = await bed.withdraw("provider", pat.address, 9n * USDC);
  await bed.land((await bed.signer().signWithdrawal(id)).wire, pat);
  assert.equal(bed.scene.tokensOf(pat.address), 9n * USDC);
});

test("a provider is paid to the payout account in force, on both sides of its change", async (t) => {
  const { bed, pat } = await openBed(t);
  const spare = named("a spare payout account");
  bed.scene.chain.plantToken(spare, bed.scene.bed.mint, pat.address, 0n);
  bed.scene.land(bed.scene.ask.setPayout(pat.address, spare));
  const at = bed.scene.chain.time + 7n * DAY;
  for (const [moment, target] of [
    [at - 2n, bed.scene.bed.associatedOf(pat.address)],
    [at, spare],
  ] as const) {
    bed.scene.goTo(moment);
    const before = bed.scene.chain.tokens(target);
    await bed.land((await bed.signer().signWithdrawal(await bed.withdraw("provider", pat.address, USDC))).wire, pat);
    assert.equal(bed.scene.chain.tokens(target) - before, USDC);
    await bed.observeProvider(pat.address);
  }
});

test("a payout account that is gone is refused before the owner pays for a failure", async (t) => {
  const { bed, pat } = await openBed(t);
  const spare = named("a payout account that is gone");
  bed.scene.chain.plantToken(spare, bed.scene.bed.mint, pat.address, 0n);
  bed.scene.land(bed.scene.ask.setPayout(pat.address, spare));
  bed.scene.chain.advance(7n * DAY);
  bed.scene.chain.plant(spare, named("another program"), new Uint8Array(1));
  const id = await bed.withdraw("provider", pat.address, USDC);
  await assert.rejects(bed.signer().signWithdrawal(id), /program_refuses.*BadDestination/);
});
