// From a receipt's leaf to the transaction on the chain: each step right, wrong, or not to be looked at yet.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import { answerOf, deliver, ReceiptScene, signatureOf } from "../test-bed/receipt-scene.ts";
import { toldProof } from "../test-bed/told-proof.ts";
import { batchSteps, isSettled, transactionStep, waitingStep } from "./batch-steps.ts";
import type { BatchSteps, SettledProof } from "./batch-steps.ts";
import { verdictOf } from "./proof-step.ts";
import { readProof } from "./read-proof.ts";

const scene = await ReceiptScene.open();
const { evidence } = await scene.settled();
const { bed } = scene.scene;
const ROUTER = { place: bed.place, routerId: bed.keys.routerId };
const ORIGIN = "https://node.example";
const read = readProof({ data: toldProof(evidence) });
assert.ok(!("wrong" in read) && isSettled(read));
const proof: SettledProof = read;
const signature = evidence.batch.signature ?? "";

const stepsOf = ({ steps }: BatchSteps): string[] => steps.map(({ step, result }) => `${step} ${result}`);

test("a settled answer is followed to the transaction that settled it", () => {
  const found = batchSteps(proof, ROUTER);
  assert.deepEqual([stepsOf(found), found.signature], [["leaf right", "root right"], signature]);
  assert.match(found.steps[0]?.words ?? "", /^[0-9a-f]{64}, place 1 of 7 in the batch$/);
  const { transaction } = evidence;
  const last = transactionStep(proof, ROUTER, { signature, transaction, origin: ORIGIN });
  assert.match(last.words, new RegExp(`^${signature}, final, by the node at ${ORIGIN}: the program .* batch 41`));
  assert.equal(verdictOf([...found.steps, last]), "verified");
});

test("what is wrong is found at its step, and no transaction is looked for", () => {
  const { place, batch } = proof;
  for (const [lie, steps] of [
    [{ ...proof, place: { ...place, index: 9 } }, ["leaf wrong"]],
    [{ ...proof, receipt: { ...proof.receipt, reasoningTokens: 99 } }, ["leaf right", "root wrong"]],
    [{ ...proof, batch: { ...batch, root: new Uint8Array(32) } }, ["leaf right", "root wrong"]],
  ] as const) {
    const found = batchSteps(lie, ROUTER);
    assert.deepEqual([stepsOf(found), found.signature], [steps, undefined]);
    assert.equal(verdictOf(found.steps), "wrong");
  }
});

test("a transaction that nobody knows, or that settled something else, proves nothing", async () => {
  const at = (transaction: Parameters<typeof transactionStep>[2]["transaction"]) =>
    transactionStep(proof, ROUTER, { signature, transaction, origin: ORIGIN });
  assert.match(at(null).words, /nothing that the node knows of it/);
  const other = await ReceiptScene.open();
  const foreign = deliver(other.scene, other.settlement(new Uint8Array(32).fill(5)));
  assert.notEqual(signatureOf(foreign.transaction), signature);
  assert.equal(at(await answerOf(foreign)).result, "wrong");
  const otherBatch = { ...proof, batch: { ...proof.batch, id: 42n } };
  const { transaction } = evidence;
  assert.equal(transactionStep(otherBatch, ROUTER, { signature, transaction, origin: ORIGIN }).result, "wrong");
  assert.deepEqual(at("pending").result, "waits");
});

test("a batch that is on its way is waited for", () => {
  for (const batch of [
    { ...proof.batch, hasLanded: false },
    { ...proof.batch, signature: undefined },
  ]) {
    const found = batchSteps({ ...proof, batch }, ROUTER);
    assert.deepEqual(stepsOf(found), ["leaf right", "root right", "transaction waits"]);
    assert.equal(verdictOf(found.steps), "not_settled");
  }
});

test("an answer in no batch is told when it will be, on both sides of that moment", () => {
  const open = { ...proof, place: undefined, batch: undefined };
  assert.equal(isSettled(open), false);
  const settleAgeMs = 600_000;
  const dueMs = admittedAtMs(proof.receipt) + settleAgeMs;
  assert.match(waitingStep(open, { settleAgeMs, nowMs: dueMs }).words, /goes into a batch at \d{4}-.* at the latest/);
  assert.match(waitingStep(open, { settleAgeMs, nowMs: dueMs + 1 }).words, /and was due at/);
  assert.match(waitingStep(open, { settleAgeMs: undefined, nowMs: dueMs }).words, /^not settled yet: try again later$/);
  const going = { ...proof, place: undefined };
  assert.match(waitingStep(going, { settleAgeMs, nowMs: dueMs }).words, /^batch 41 is on its way/);
  const free = { ...open, receipt: { ...proof.receipt, cost: nanoUsdc(0n) } };
  assert.deepEqual(waitingStep(free, { settleAgeMs, nowMs: dueMs }).result, "right");
});
