// Settlements as nodes tell of them: whole, cut, failed, of others, and with accounts from tables.
import assert from "node:assert/strict";
import { test } from "node:test";
import { getCompiledTransactionMessageDecoder, lamports } from "@solana/kit";
import type { Address } from "@solana/kit";
import { FailedTransactionMetadata } from "litesvm";
import { batchInstructions } from "./batch/batch-instructions.ts";
import { packEntries } from "./batch/pack.ts";
import { ANN, BEN } from "./test-bed/cast.ts";
import { named, signer } from "./test-bed/chain.ts";
import { ReceiptScene, answerOf, deliver, signatureOf } from "./test-bed/receipt-scene.ts";
import type { Kept } from "./test-bed/receipt-scene.ts";
import { Scene } from "./test-bed/scene.ts";
import { SettlementCrowd } from "./test-bed/settlement-crowd.ts";
import { addSpoofer, spoofed } from "./test-bed/spoofed-call.ts";
import { unsigned } from "./test-bed/wire-bytes.ts";
import { settlementMismatch } from "./verify-receipt-transaction.ts";
import type { ClaimedBatch, TransactionAnswer } from "./verify-receipt-transaction.ts";
import { verifyReceipt } from "./verify-receipt.ts";

const scene = await ReceiptScene.open();
const { kept, evidence } = await scene.settled();
const { batch, transaction: answer } = evidence;
const { place } = scene.scene.bed;
const ROOT = Buffer.from(batch.root).toString("hex");
assert.ok(answer !== null && answer.meta !== null);
const { meta } = answer;

/** Where a transaction fails, in words. */
function mismatch(changed: TransactionAnswer | null, claim: ClaimedBatch = batch, router = place) {
  const found = settlementMismatch(changed, claim, router);
  assert.ok(found !== undefined, "the transaction settled the batch");
  return found;
}

function holds(changed: TransactionAnswer | null, claim: ClaimedBatch = batch, router = place): void {
  assert.equal(settlementMismatch(changed, claim, router), undefined);
}

test("a settlement holds with its log, and without it or with one that was cut", () => {
  holds(answer);
  const logs = meta.logMessages ?? [];
  assert.ok(logs.length > 3);
  for (const logMessages of [null, [], [...logs.slice(0, 2), "Log truncated"]])
    holds({ ...answer, meta: { ...meta, logMessages } });
});

test("a whole log has to say what was signed", () => {
  const silent = (meta.logMessages ?? []).filter((line) => !line.startsWith("Program data: "));
  const { expected, found } = mismatch({ ...answer, meta: { ...meta, logMessages: silent } });
  assert.equal(expected, `batch 41 with the root ${ROOT} in what the escrow program logged`);
  assert.equal(found, "no batch there");
});

test("another batch id, root, router or deployment was not settled", () => {
  const expected = (id: bigint, root: string, at = place.address): string =>
    `batch ${id} with the root ${root}, settled for the router at ${at}`;
  const settled = `batch 41 with the root ${ROOT}`;
  assert.deepEqual(mismatch(answer, { ...batch, batchId: 42n }), { expected: expected(42n, ROOT), found: settled });
  const root = Uint8Array.from(batch.root).with(31, batch.root[31]! ^ 1);
  assert.equal(mismatch(answer, { ...batch, root }).found, settled);
  const nothing = "a transaction that settles nothing for that router";
  const address = named("another config");
  assert.deepEqual(mismatch(answer, batch, { ...place, address }), {
    expected: expected(41n, ROOT, address),
    found: nothing,
  });
  assert.equal(mismatch(answer, batch, { ...place, programAddress: named("another deployment") }).found, nothing);
});

test("a router's own root in another router's batch binds it to nothing", async () => {
  const other = await Scene.open({}, "other", scene.scene.chain);
  const copied = deliver(other, other.ask.settle([other.bill(ANN, 1n)], { root: batch.root, batchId: 41n }));
  assert.equal(copied.error, null);
  const claim = { ...batch, signature: signatureOf(copied.transaction) };
  assert.equal(mismatch(await answerOf(copied), claim).found, "a transaction that settles nothing for that router");
  holds(await answerOf(copied), claim, other.bed.place);
});

test("a transaction that is not there, or another than the one named, proves nothing", async () => {
  const expected = `the transaction ${signatureOf(kept.transaction)} on the chain`;
  for (const none of [null, { ...answer, meta: null }]) assert.equal(mismatch(none).expected, expected);
  const { signature: _, ...unnamed } = batch;
  assert.equal(mismatch(null, unnamed).expected, "the batch's transaction on the chain");
  const again = deliver(scene.scene, scene.settlement());
  const found = await answerOf(again);
  assert.deepEqual(mismatch(found), {
    expected: `the transaction ${signatureOf(kept.transaction)}`,
    found: `the transaction ${signatureOf(again.transaction)}`,
  });
  holds(found, unnamed);
});

test("a transaction that failed settled nothing, and says why", async () => {
  const { ask, bill } = scene.scene;
  const gap = { ...bill(ANN, 1n), seq: 99 };
  const failed = deliver(scene.scene, ask.settle([gap], { root: batch.root, batchId: 41n }));
  const claim = { ...batch, signature: signatureOf(failed.transaction) };
  for (const logs of [failed.logs, null]) {
    const { expected, found } = mismatch(await answerOf({ ...failed, logs }), claim);
    assert.equal(expected, "a transaction that succeeded");
    assert.match(found, /^one that failed and settled nothing\. The escrow program refuses this \(SeqGap\)/);
  }
});

test("bytes that are no transaction are none", () => {
  const [base64] = answer.transaction;
  const bytes = Buffer.from(base64, "base64");
  const wrong = (text: string): string => mismatch({ ...answer, transaction: [text, "base64"] }).found;
  assert.equal(wrong("%%%"), "bytes that are no transaction: it is not base64");
  assert.equal(wrong(""), "bytes that are no transaction: it ends too early");
  assert.equal(wrong(bytes.subarray(0, -1).toString("base64")), "bytes that are no transaction: it ends too early");
  for (let at = 0; at < bytes.length; at += 1) {
    for (const bit of [0x01, 0x80]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ bit;
      const [text, unnamed] = [changed.toString("base64"), { batchId: batch.batchId, root: batch.root }];
      settlementMismatch({ ...answer, transaction: [text, "base64"] }, unnamed, place); // whatever it says, it never throws
    }
  }
});

test("one of several settlements may be the batch's", async () => {
  const { ask, bill } = scene.scene;
  const other = new Uint8Array(32).fill(1);
  const first = ask.settle([bill(BEN, 1n)], { root: other, batchId: 41n });
  const second = ask.settle([{ ...bill(BEN, 1n), seq: bill(BEN, 1n).seq + 1 }], { root: batch.root, batchId: 41n });
  const both = deliver(scene.scene, first, second);
  assert.equal(both.error, null, both.logs?.join("\n"));
  const claim = { ...batch, signature: signatureOf(both.transaction) };
  holds(await answerOf(both), claim);
  holds(await answerOf(both), { ...claim, root: other });
  assert.match(mismatch(await answerOf(both), { ...claim, batchId: 40n }).found, /^batch 41 .*, batch 41 /);
});

test("a settlement that another program asked for is not recognised", async () => {
  addSpoofer(scene.scene.chain);
  const called = deliver(scene.scene, spoofed(scene.settlement(), []));
  assert.equal(called.error, null, called.logs?.join("\n"));
  const claim = { ...batch, signature: signatureOf(called.transaction) };
  assert.equal(mismatch(await answerOf(called), claim).found, "a transaction that settles nothing for that router");
});

/** A batch whose config and escrows are looked up in two tables, really settled. */
async function lookedUp(): Promise<{ kept: Kept; router: typeof place; tables: Record<string, readonly Address[]> }> {
  const crowd = await SettlementCrowd.gather(20, 2);
  const { bed } = crowd;
  const escrows = crowd.users.map((user) => bed.escrowOf(user));
  const one = crowd.plantTable("one", [named("nobody"), ...escrows.slice(0, 10)]);
  const two = crowd.plantTable("two", [...escrows.slice(10), named("nobody"), bed.config]);
  const entries = crowd.users.map((_, index) => crowd.entry(index, index));
  const [packed] = packEntries(entries, { settler: bed.keys.settler, config: bed.config, tables: [one, two] });
  assert.ok(packed !== undefined && packed.lookups.has(bed.config));
  const common = { settler: signer(bed.keys.settler), router: bed.place, batchId: 7n, computeUnitPrice: 1n };
  const instructions = batchInstructions(packed, { ...common, root: new Uint8Array(32).fill(3) });
  const transaction = unsigned(bed.keys.settler, instructions);
  bed.chain.svm.airdrop(bed.keys.settler, lamports(1_000_000_000n));
  const result = bed.chain.svm.sendTransaction(transaction);
  assert.ok(!(result instanceof FailedTransactionMetadata), String(result));
  const tables = { [one.address]: one.addresses, [two.address]: two.addresses };
  return { kept: { transaction, error: null, logs: result.logs() }, router: bed.place, tables };
}

test("accounts that were looked up are those that the node says", async () => {
  const { kept: batched, router, tables } = await lookedUp();
  const compiled = getCompiledTransactionMessageDecoder().decode(batched.transaction.messageBytes);
  assert.ok("addressTableLookups" in compiled && compiled.addressTableLookups?.length === 2);
  const loaded = (indexes: "writableIndexes" | "readonlyIndexes"): Address[] =>
    (compiled.addressTableLookups ?? []).flatMap((lookup) =>
      lookup[indexes].map((index) => tables[lookup.lookupTableAddress]![index]!),
    );
  const all = { writable: loaded("writableIndexes"), readonly: loaded("readonlyIndexes") };
  assert.ok(all.writable.includes(router.address));
  const claim = { batchId: 7n, root: new Uint8Array(32).fill(3) };
  holds(await answerOf({ ...batched, loaded: all }), claim, router);
  const nothing = "a transaction that settles nothing for that router";
  assert.equal(
    mismatch(await answerOf(batched), claim, router).found,
    nothing,
    "without them nobody knows whose it is",
  );
  const swapped = { ...all, writable: all.writable.toReversed() };
  assert.equal(mismatch(await answerOf({ ...batched, loaded: swapped }), claim, router).found, nothing);
});

test("the words of the last step are the receipt's", () => {
  const claim = { ...batch, batchId: 40n };
  assert.deepEqual(verifyReceipt({ ...evidence, batch: claim }), {
    ok: false,
    step: "transaction",
    ...mismatch(answer, claim),
  });
});
