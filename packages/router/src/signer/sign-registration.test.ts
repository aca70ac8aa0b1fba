// Registrations: only for providers who are owed enough, who have no account yet, and a few at a time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN, BEGINNER, PAT } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { PROVIDERS_PER_REGISTRATION_MAX } from "./limits.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

async function openBed(t: Parameters<typeof SigningBed.open>[0]): Promise<SigningBed> {
  const bed = await SigningBed.open(t);
  await bed.observe(ANN);
  await bed.scene.bed.know(BEGINNER);
  return bed;
}

test("as many as fit one transaction are opened, at the settler's expense", async (t) => {
  const bed = await openBed(t);
  const owners = Array.from({ length: PROVIDERS_PER_REGISTRATION_MAX }, (_, index) => named(`beginner ${index}`));
  await bed.scene.bed.know(...owners);
  for (const owner of owners) await bed.charge(ANN, owner, USDC);
  bed.node.priorityFees = [1];
  const before = bed.scene.chain.account(bed.settler.address)!.lamports;
  await bed.land((await bed.signer().signRegistration(owners)).wire);
  for (const owner of owners) assert.equal(bed.scene.bed.readProvider(owner).rentPayer, bed.settler.address);
  assert.ok(bed.scene.chain.account(bed.settler.address)!.lamports < before);
  const one = [...owners, named("one too many")];
  assert.equal((await refusalOf(bed.signer().signRegistration(one))).reason, "too_large");
  assert.equal((await refusalOf(bed.signer().signRegistration([]))).reason, "too_large");
});

test("a provider who is owed less than it takes, or nothing, is refused", async (t) => {
  const bed = await openBed(t);
  await bed.charge(ANN, BEGINNER, USDC);
  const dear = bed.signer({ sponsorMin: microUsdc(USDC + 1n) });
  assert.equal((await refusalOf(dear.signRegistration([BEGINNER]))).reason, "not_owed");
  const stranger = named("nobody in the ledger");
  assert.equal((await refusalOf(bed.signer().signRegistration([BEGINNER, stranger]))).reason, "not_owed");
  await bed.signer().signRegistration([BEGINNER]);
});

test("those who have an account are left out, and where nobody is left it is refused", async (t) => {
  const bed = await openBed(t);
  await bed.charge(ANN, BEGINNER, USDC);
  await bed.charge(ANN, PAT, USDC);
  assert.equal((await refusalOf(bed.signer().signRegistration([PAT]))).reason, "already_registered");
  await bed.land((await bed.signer().signRegistration([PAT, BEGINNER, BEGINNER])).wire);
  assert.equal(bed.scene.bed.readProvider(BEGINNER).earnedTotal, 0n);
});

test("what is no address is no provider", async (t) => {
  const bed = await openBed(t);
  await assert.rejects(bed.signer().signRegistration(["nobody"]), (error) => isAimoError(error, "invalid_request"));
});
