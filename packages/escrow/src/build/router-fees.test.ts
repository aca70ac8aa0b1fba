// The router's share and donations: the builders refuse exactly what the program refuses.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Address } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import { AMOUNT_MAX } from "../program-bounds.ts";
import { BuilderScene } from "../test-bed/builder-scene.ts";
import { ANN, MALLORY, PAT } from "../test-bed/cast.ts";
import { named, signer } from "../test-bed/chain.ts";
import { USDC } from "../test-bed/router-instructions.ts";
import { buildCollectFees, buildSweepSurplus } from "./router-fees.ts";
import type { CollectFeesInput, SweepSurplusInput } from "./router-fees.ts";

const STRANGE = named("a token account of another mint");
const SYSTEM = "11111111111111111111111111111111" as Address;

async function open(): Promise<BuilderScene> {
  const bed = await BuilderScene.open();
  bed.chain.plantMint(named("another mint"));
  bed.chain.plantToken(STRANGE, named("another mint"), MALLORY, 0n);
  return bed;
}

/** Somebody's gift to the vault, or what the mint's issuer took from it. */
function change(bed: BuilderScene, amount: bigint): void {
  const { vault, mint, vaultAuthority } = bed.bed;
  bed.chain.plantToken(vault, mint, vaultAuthority, bed.chain.tokens(vault) + amount);
}

test("fees are collected by their owner as far as they accrued, from a vault that covers what it owes", async () => {
  const bed = await open();
  const { ask } = bed;
  const collect = (amount: bigint, changes: Partial<CollectFeesInput> = {}) => {
    const input = { feeOwner: signer(bed.bed.keys.feeOwner), router: bed.router, vault: bed.vault };
    const payer = signer(bed.chain.payer);
    return () => buildCollectFees({ ...input, payer, amount: microUsdc(amount), ...changes });
  };
  await bed.refuses("NothingToWithdraw", collect(1n), ask.collectFees(1n));
  bed.scene.collect(ANN, 20n * USDC, PAT);
  const all = bed.router.data.feeAccrued;
  assert.equal(all, USDC / 2n);
  await bed.refuses("ZeroAmount", collect(0n), ask.collectFees(0n));
  await bed.refuses("AmountTooLarge", collect(AMOUNT_MAX + 1n), ask.collectFees(AMOUNT_MAX + 1n));
  await bed.refuses("InsufficientBalance", collect(all + 1n), ask.collectFees(all + 1n));
  const feeOwner = signer(MALLORY);
  await bed.refuses("MissingSigner", collect(1n, { feeOwner }), ask.collectFees(1n, { feeOwner }));
  for (const address of [STRANGE, bed.bed.vault, MALLORY]) {
    const raw = ask.collectFees(1n, { destination: address });
    await bed.refuses("BadDestination", collect(1n, { destination: bed.token(address) }), raw);
  }
  const other = bed.bed.associatedOf(MALLORY);
  await bed.refuses("BadVault", collect(1n, { vault: bed.token(other) }), ask.collectFees(1n, { vault: other }));
  change(bed, -1n);
  await bed.refuses("Insolvent", collect(1n), ask.collectFees(1n));
  change(bed, 1n);
  bed.chain.plant(bed.bed.associatedOf(bed.bed.keys.feeOwner), SYSTEM, new Uint8Array());
  await bed.lands(collect(1n));
  await bed.lands(collect(all - 1n, { destination: bed.token(bed.bed.associatedOf(MALLORY)) }));
  assert.equal(bed.router.data.feeAccrued, 0n);
});

test("only what belongs to nobody is swept", async () => {
  const bed = await open();
  const { ask } = bed;
  const sweep = (changes: Partial<SweepSurplusInput> = {}) => {
    const input = { feeOwner: signer(bed.bed.keys.feeOwner), router: bed.router, vault: bed.vault };
    return () => buildSweepSurplus({ ...input, payer: signer(bed.chain.payer), ...changes });
  };
  await bed.refuses("NothingToWithdraw", sweep(), ask.sweepSurplus());
  change(bed, -1n);
  await bed.refuses("Insolvent", sweep(), ask.sweepSurplus());
  change(bed, 2n);
  const feeOwner = signer(MALLORY);
  await bed.refuses("MissingSigner", sweep({ feeOwner }), ask.sweepSurplus({ feeOwner }));
  for (const address of [STRANGE, bed.bed.vault, MALLORY]) {
    const raw = ask.sweepSurplus({ destination: address });
    await bed.refuses("BadDestination", sweep({ destination: bed.token(address) }), raw);
  }
  bed.chain.plant(bed.bed.associatedOf(bed.bed.keys.feeOwner), SYSTEM, new Uint8Array());
  await bed.lands(sweep());
  assert.equal(bed.scene.tokensOf(bed.bed.keys.feeOwner), 1n);
});
