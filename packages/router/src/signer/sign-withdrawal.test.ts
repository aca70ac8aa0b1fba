// A user's withdrawal: what the ledger holds and the escrow has beside what is owed is signed once, and lands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PAT } from "@aimo-network/escrow/test-bed/cast";
import { named, signer as present } from "@aimo-network/escrow/test-bed/chain";
import type { KeyPairSigner } from "@solana/kit";
import { getBase64Encoder, getTransactionDecoder } from "@solana/kit";
import { BLOCKHASH_BLOCKS } from "./limits.ts";
import { SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

/** A router, and a user with a key and 100 USDC in the escrow. */
async function openBed(t: Parameters<typeof SigningBed.open>[0]): Promise<{ bed: SigningBed; ann: KeyPairSigner }> {
  const bed = await SigningBed.open(t);
  const ann = await bed.person("a user with a key");
  await bed.scene.addUser(ann.address, 100n * USDC);
  await bed.observe(ann.address);
  return { bed, ann };
}

const held = ({ scene }: SigningBed, { address }: KeyPairSigner): bigint => scene.bed.readEscrow(address).balance;

test("a withdrawal is signed, lands with its owner's signature, and its owner pays for it", async (t) => {
  const { bed, ann } = await openBed(t);
  const before = bed.scene.chain.account(bed.cosigner.address)!.lamports;
  const tokens = bed.scene.tokensOf(ann.address);
  const id = await bed.withdraw("user", ann.address, 100n * USDC);
  const { wire, lastValidBlockHeight } = await bed.signer().signWithdrawal(id);
  assert.equal(lastValidBlockHeight, bed.node.blockHeight + BLOCKHASH_BLOCKS);
  const { signatures } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  assert.deepEqual(Object.keys(signatures), [ann.address, bed.cosigner.address], "the owner comes first");
  assert.equal(signatures[ann.address], null);
  assert.ok(signatures[bed.cosigner.address] instanceof Uint8Array);
  await bed.land(wire, ann);
  assert.deepEqual([held(bed, ann), bed.scene.tokensOf(ann.address) - tokens], [0n, 100n * USDC]);
  assert.equal(bed.scene.chain.account(bed.cosigner.address)?.lamports, before);
});

test("a token account that is missing is opened at the owner's expense", async (t) => {
  const { bed, ann } = await openBed(t);
  const at = bed.scene.bed.associatedOf(ann.address);
  bed.scene.chain.svm.setAccount({ ...bed.scene.chain.account(at)!, data: new Uint8Array(), lamports: 0n as never });
  const { wire } = await bed.signer().signWithdrawal(await bed.withdraw("user", ann.address, USDC));
  await bed.land(wire, ann);
  assert.equal(bed.scene.tokensOf(ann.address), USDC);
});

test("a withdrawal goes to the token account that the ledger names, or is refused where none is there", async (t) => {
  const { bed, ann } = await openBed(t);
  const spare = named("a spare account");
  const id = await bed.withdraw("user", ann.address, USDC, spare);
  await assert.rejects(bed.signer().signWithdrawal(id), /program_refuses.*BadDestination/);
  bed.scene.chain.plantToken(spare, bed.scene.bed.mint, PAT, 0n);
  await bed.land((await bed.signer().signWithdrawal(id)).wire, ann);
  assert.equal(bed.scene.chain.tokens(spare), USDC);
});

test("what a user owes or has locked stays in the escrow, to the last fraction", async (t) => {
  const { bed, ann } = await openBed(t);
  await bed.charge(ann.address, PAT, 10n * USDC);
  await bed.lock(ann.address, 5_000_000_001n);
  await bed.ledger.row("UPDATE users SET available = available + 1000000000"); // a broken router's books
  const right = 85n * USDC - 1n;
  const id = await bed.withdraw("user", ann.address, right + 1n);
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "above_claimable");
  await bed.ledger.row("UPDATE withdrawals SET amount = amount - 1, held = held - 1000");
  await bed.land((await bed.signer().signWithdrawal(id)).wire, ann);
  assert.equal(held(bed, ann), 15n * USDC + 1n);
});

test("what was settled and is not posted yet is not counted twice", async (t) => {
  const { bed, ann } = await openBed(t);
  await bed.lock(ann.address, 5_000_000_000n);
  const batch = await bed.bill(ann.address, PAT, 10n * USDC);
  const id = await bed.withdraw("user", ann.address, 85n * USDC);
  const { wire } = await bed.signer().signBatch(batch);
  let looks = 0;
  bed.node.onCall = async (method) => {
    if (method === "getMultipleAccounts" && looks++ === 0) await bed.settle(wire); // after the ledger was read
  };
  await bed.land((await bed.signer().signWithdrawal(id)).wire, ann);
  assert.equal(held(bed, ann), 5n * USDC);
});

test("nothing is signed that the ledger does not hold exactly", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  for (const [set, back] of [
    ["withdrawals SET held = held - 1", "withdrawals SET held = held + 1"],
    ["withdrawals SET held = held + 1", "withdrawals SET held = held - 1"],
    [
      "users SET withdrawing = withdrawing - 1 WHERE withdrawing > 0",
      "users SET withdrawing = withdrawing + 1 WHERE withdrawing > 0",
    ],
  ]) {
    await bed.ledger.row(`UPDATE ${set}`);
    assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "not_held", set);
    await bed.ledger.row(`UPDATE ${back}`);
  }
  await bed.signer().signWithdrawal(id);
});

test("nothing is signed while an exit is pending", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  bed.scene.land(bed.scene.ask.requestExit(ann.address));
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "exit_pending");
  bed.scene.land(bed.scene.ask.cancelExit(ann.address));
  await bed.signer().signWithdrawal(id);
});

test("a withdrawal that somebody signed is not signed again", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  await bed.ledger.row("UPDATE withdrawals SET state = 'router-signed', wire = 'AA==', last_valid_height = 1");
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "already_signed");
});

test("the same withdrawal twice is refused while the first signature may land, whatever the ledger says", async (t) => {
  const { bed, ann } = await openBed(t);
  const signer = bed.signer();
  const id = await bed.withdraw("user", ann.address, USDC);
  const { lastValidBlockHeight } = await signer.signWithdrawal(id);
  assert.equal((await refusalOf(signer.signWithdrawal(id))).reason, "already_signed");
  assert.equal((await refusalOf(signer.signWithdrawal(id.toUpperCase()))).reason, "already_signed");
  await bed.ledger.row("UPDATE withdrawals SET state = 'expired', held = 0, ended_at = now()");
  const other = await bed.withdraw("user", ann.address, 2n * USDC);
  bed.node.blockHeight = lastValidBlockHeight;
  assert.equal((await refusalOf(signer.signWithdrawal(other))).reason, "already_signed");
  bed.node.blockHeight = lastValidBlockHeight + 1n;
  await bed.land((await signer.signWithdrawal(other)).wire, ann);
});

test("two requests at once for one withdrawal are one signature", async (t) => {
  const { bed, ann } = await openBed(t);
  const signer = bed.signer();
  const id = await bed.withdraw("user", ann.address, USDC);
  const outcomes = await Promise.allSettled([signer.signWithdrawal(id), signer.signWithdrawal(id)]);
  assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
});

test("the next withdrawal of an account is signed at once when the last one has landed", async (t) => {
  const { bed, ann } = await openBed(t);
  const signer = bed.signer();
  await bed.land((await signer.signWithdrawal(await bed.withdraw("user", ann.address, USDC))).wire, ann);
  await bed.observe(ann.address);
  await bed.land((await signer.signWithdrawal(await bed.withdraw("user", ann.address, USDC))).wire, ann);
  assert.equal(held(bed, ann), 98n * USDC);
});

test("a withdrawal of an escrow that was withdrawn from, closed or opened again is refused", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  const { ask } = bed.scene;
  const elsewhere = { cosigner: present(bed.cosigner.address) };
  bed.scene.land(ask.withdrawUser(ann.address, USDC, elsewhere));
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "wrong_incarnation");
  bed.close(ann.address);
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "wrong_incarnation");
  bed.scene.land(ask.openEscrow(ann.address));
  bed.scene.land(ask.deposit(ann.address, 50n * USDC));
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "wrong_incarnation");
});

test("nothing is signed while withdrawals are paused, and everything from the end of the pause on", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  bed.scene.land(bed.scene.ask.setPause(4));
  const until = bed.scene.bed.readConfig().pauseUntil[2]!;
  bed.scene.goTo(until - 1n);
  assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "paused");
  bed.scene.goTo(until);
  await bed.signer().signWithdrawal(id);
});

test("nothing is signed with a key that is not the router's cosigner", async (t) => {
  const { bed, ann } = await openBed(t);
  const id = await bed.withdraw("user", ann.address, USDC);
  const keys = { settler: bed.settler, cosigner: bed.settler };
  assert.equal((await refusalOf(bed.signer({}, { keys }).signWithdrawal(id))).reason, "not_cosigner");
});

test("what is no withdrawal of the ledger is refused", async (t) => {
  const { bed } = await openBed(t);
  for (const id of [bed.ledger.id(), "1", "'; DROP TABLE withdrawals; --", ""]) {
    assert.equal((await refusalOf(bed.signer().signWithdrawal(id))).reason, "withdrawal_unknown", id);
  }
});
