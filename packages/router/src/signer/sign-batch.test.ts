// Batches: what stands in the ledger and fits the chain is signed and lands; everything else is refused by its rule.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ANN, BEGINNER, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { getCompiledTransactionMessageDecoder, getBase64Encoder, getTransactionDecoder } from "@solana/kit";
import { BLOCKHASH_BLOCKS } from "./limits.ts";
import { PRIORITY_FEE_MAX, SigningBed, USDC, refusalOf } from "./test-bed/signing-bed.ts";

/** With Ann and Ben in the ledger as they are on chain. */
async function openBed(...rest: Parameters<typeof SigningBed.open>): Promise<SigningBed> {
  const bed = await SigningBed.open(...rest);
  for (const user of [ANN, BEN]) await bed.observe(user);
  return bed;
}

/** Micro-lamports for a compute unit, as a transaction's second instruction offers them. */
function priceIn(wire: string): bigint {
  const { messageBytes } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
  const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
  assert.ok(message.version === 0);
  return Buffer.from(message.instructions[1]?.data ?? []).readBigUInt64LE(1);
}

test("a batch of the ledger is signed whole, lands, and pays as it stands there", async (t) => {
  const bed = await openBed(t);
  await bed.charge(ANN, PAT, 3n * USDC);
  await bed.charge(ANN, QUINN, 2n * USDC);
  await bed.charge(BEN, PAT, 1n);
  const id = await bed.cut([ANN, PAT], [BEN, PAT], [ANN, QUINN]);
  const signed = await bed.signer().signBatch(id);
  assert.equal(signed.lastValidBlockHeight, bed.node.blockHeight + BLOCKHASH_BLOCKS);
  assert.deepEqual(await bed.settle(signed.wire), [3n * USDC, 1n, 2n * USDC]);
  const { batchCount, lastRoot } = bed.scene.bed.readConfig();
  assert.equal(batchCount, 1n);
  assert.deepEqual(lastRoot, new Uint8Array(32).fill(7));
});

test("a batch whose bytes were lost is signed again, and what has landed meanwhile is not taken twice", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, 3n * USDC);
  const signer = bed.signer();
  const first = await signer.signBatch(id);
  bed.scene.chain.svm.expireBlockhash();
  const second = await signer.signBatch(id);
  assert.notEqual(first.signature, second.signature);
  assert.deepEqual(await bed.settle(second.wire), [3n * USDC]);
  assert.deepEqual(await bed.settle((await signer.signBatch(id)).wire), ["no_op"]);
  assert.equal(bed.scene.bed.readEscrow(ANN).settledTotal, 3n * USDC);
});

test("only what is not posted is signed, and nothing where nothing is left", async (t) => {
  const bed = await openBed(t);
  await bed.charge(ANN, PAT, 3n * USDC);
  await bed.charge(BEN, QUINN, 2n * USDC);
  const id = await bed.cut([ANN, PAT], [BEN, QUINN]);
  bed.close(ANN);
  assert.deepEqual(await refusalOf(bed.signer().signBatch(id)), {
    reason: "escrow_closed",
    users: [await bed.numberOf(ANN)],
  });
  await bed.observeGone(ANN);
  assert.deepEqual(await bed.settle((await bed.signer().signBatch(id)).wire), [2n * USDC]);
  await bed.ledger.row("UPDATE settle_entries SET applied = 0, fee = 0, posted_at = now() WHERE posted_at IS NULL");
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "nothing_waits");
  await bed.ledger.row("UPDATE settle_batches SET state = 'landed'");
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "batch_unknown");
  assert.equal((await refusalOf(bed.signer().signBatch(id + 1n))).reason, "batch_unknown");
});

test("entries of an escrow that was opened again are refused, with its user", async (t) => {
  const bed = await openBed(t);
  await bed.charge(ANN, PAT, 3n * USDC);
  await bed.charge(BEN, PAT, 1n);
  const id = await bed.cut([BEN, PAT], [ANN, PAT]);
  bed.close(ANN);
  bed.scene.land(bed.scene.ask.openEscrow(ANN));
  bed.scene.land(bed.scene.ask.deposit(ANN, 50n * USDC));
  assert.deepEqual(await refusalOf(bed.signer().signBatch(id)), {
    reason: "escrow_closed",
    users: [await bed.numberOf(ANN)],
  });
});

test("entries that ask for more than is owed are refused, with their user", async (t) => {
  const bed = await openBed(t);
  const refused = { reason: "not_owed", users: [await bed.numberOf(ANN)] };
  const signer = bed.signer();
  const id = await bed.bill(ANN, PAT, 3n * USDC);
  const change = (set: string) => bed.ledger.row(`UPDATE payables SET ${set}`);
  await bed.ledger.row("ALTER TABLE payables DROP CONSTRAINT what_flies_is_part_of_a_payable");
  await change("in_flight = in_flight - 1");
  assert.deepEqual(await refusalOf(signer.signBatch(id)), refused, "less is on its way");
  await change("in_flight = in_flight + 1, amount = amount - 1");
  assert.deepEqual(await refusalOf(signer.signBatch(id)), refused, "less is owed");
  await change("amount = amount + 1");
  await signer.signBatch(id);
  const further = await bed.forge({ user: ANN, owner: PAT, amount: 1n, seq: 2n });
  assert.deepEqual(await refusalOf(signer.signBatch(further)), refused, "nothing stands behind a further batch");
  assert.deepEqual(await refusalOf(signer.signBatch(id)), refused, "nor behind both together");
  const other = await bed.forge({ user: BEN, owner: PAT, amount: 1n, seq: 1n });
  assert.deepEqual(await refusalOf(signer.signBatch(other)), { reason: "not_owed", users: [await bed.numberOf(BEN)] });
});

test("what an exit wrote off is still asked for, and no more than that", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, 3n * USDC);
  await bed.ledger.row("ALTER TABLE payables DROP CONSTRAINT what_flies_is_part_of_a_payable");
  await bed.ledger.row("UPDATE payables SET amount = amount - 1000000, written_off = 999999");
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "not_owed");
  await bed.ledger.row("UPDATE payables SET written_off = 1000000");
  assert.deepEqual(await bed.settle((await bed.signer().signBatch(id)).wire), [3n * USDC]);
});

test("a shortfall is no reason to refuse", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, 60n * USDC);
  await bed.back(ANN, PAT, 60n * USDC);
  const more = await bed.forge({ user: ANN, owner: PAT, amount: 60n * USDC, seq: 2n });
  assert.deepEqual(await bed.settle((await bed.signer().signBatch(id)).wire), [60n * USDC]);
  assert.deepEqual(await bed.settle((await bed.signer().signBatch(more)).wire), [40n * USDC]);
});

test("numbers that do not follow on what the chain has settled are refused, with their user", async (t) => {
  const bed = await openBed(t);
  await bed.back(ANN, PAT, 10n);
  await bed.ledger.row("DROP TRIGGER settle_entries_never_change ON settle_entries");
  const batchOf = async (...seqs: readonly bigint[]): Promise<bigint> => {
    await bed.ledger.row("DELETE FROM settle_entries");
    return await bed.forge(...seqs.map((seq) => ({ user: ANN, owner: PAT, amount: 1n, seq })));
  };
  const refused = { reason: "seq_gap", users: [await bed.numberOf(ANN)] };
  for (const seqs of [[2n], [1n, 3n], [2n, 1n], [2n ** 32n], [0n]] as const) {
    assert.deepEqual(await refusalOf(bed.signer().signBatch(await batchOf(...seqs))), refused, seqs.join());
  }
  const first = await bed.signer().signBatch(await batchOf(1n, 2n));
  assert.deepEqual(await bed.settle(first.wire), [1n, 1n]);
  const second = await bed.signer().signBatch(await batchOf(2n, 3n));
  assert.deepEqual(await bed.settle(second.wire), ["no_op", 1n]);
  assert.deepEqual(await refusalOf(bed.signer().signBatch(await batchOf(5n))), refused);
});

test("nothing is signed while settling is paused, and everything from its end on", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, USDC);
  bed.scene.land(bed.scene.ask.setPause(2));
  const until = bed.scene.bed.readConfig().pauseUntil[1]!;
  bed.scene.goTo(until - 1n);
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "paused");
  bed.scene.goTo(until);
  assert.deepEqual(await bed.settle((await bed.signer().signBatch(id)).wire), [USDC]);
});

test("nothing is signed with a key that is not the router's settler", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, USDC);
  const keys = { settler: bed.cosigner, cosigner: bed.cosigner };
  assert.equal((await refusalOf(bed.signer({}, { keys }).signBatch(id))).reason, "not_settler");
});

test("nothing is signed for a router that is not there", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, USDC);
  const place = { ...bed.scene.bed.place, address: named("no router") };
  assert.equal((await refusalOf(bed.signer({}, { place }).signBatch(id))).reason, "router_unknown");
});

test("a batch without a root is refused", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, USDC);
  await bed.ledger.row("UPDATE settle_batches SET root = NULL");
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "root_missing");
});

test("entries for a provider without an account are refused, with their user", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, BEGINNER, USDC);
  assert.deepEqual(await refusalOf(bed.signer().signBatch(id)), {
    reason: "provider_unknown",
    users: [await bed.numberOf(ANN)],
  });
});

test("what the program refuses for a reason of its own is refused with its words", async (t) => {
  const bed = await openBed(t);
  await bed.scene.addProvider(ANN);
  await bed.back(ANN, ANN, 1n);
  const id = await bed.forge({ user: ANN, owner: ANN, amount: 1n, seq: 1n });
  await assert.rejects(bed.signer().signBatch(id), /program_refuses.*SelfDealing/);
});

test("more entries or accounts than a transaction takes are refused before the chain is asked", async (t) => {
  const bed = await openBed(t);
  await bed.back(ANN, PAT, 65n);
  const many = Array.from({ length: 65 }, (_, index) => ({
    user: ANN,
    owner: PAT,
    amount: 1n,
    seq: BigInt(index + 1),
  }));
  const id = await bed.forge(...many);
  assert.equal((await refusalOf(bed.signer().signBatch(id))).reason, "too_large");
  assert.deepEqual(bed.node.calls, []);
});

test("the fee for a place in a block is what nodes tell, and never above the signer's own bound", async (t) => {
  const bed = await openBed(t);
  const id = await bed.bill(ANN, PAT, USDC);
  bed.node.priorityFees = [5_000];
  assert.equal(priceIn((await bed.signer().signBatch(id)).wire), 5_000n);
  bed.node.priorityFees = [1_000_000_000];
  assert.equal(priceIn((await bed.signer().signBatch(id)).wire), PRIORITY_FEE_MAX);
  const priorityFee = async () => -1n;
  assert.equal(priceIn((await bed.signer({}, { priorityFee }).signBatch(id)).wire), 0n);
});
