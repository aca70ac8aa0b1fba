// What is sent arrives once, and what became of it is told as it is now, from every node where it has to be certain.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { ANN } from "@aimo-network/escrow/test-bed/cast";
import { named } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import {
  appendTransactionMessageInstructions,
  createTransactionMessage,
  generateKeyPairSigner,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  partiallySignTransactionMessageWithSigners,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Base64EncodedWireTransaction, Instruction, KeyPairSigner, Signature } from "@solana/kit";
import { FATES_PER_CALL_MAX } from "./limits.ts";
import { createSender } from "./send.ts";
import type { Sender } from "./send.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

interface Signed {
  readonly wire: Base64EncodedWireTransaction;
  readonly signature: Signature;
  readonly lastValidBlockHeight: bigint;
}

/** A sender over two nodes, and somebody who pays for transactions. */
class SenderBed {
  readonly bed: FollowerBed;
  readonly sender: Sender;
  readonly #payer: KeyPairSigner;

  private constructor(bed: FollowerBed, payer: KeyPairSigner) {
    this.bed = bed;
    this.sender = createSender(bed.settings, bed.endpoints);
    this.#payer = payer;
  }

  static async open(): Promise<SenderBed> {
    const [bed, payer] = await Promise.all([FollowerBed.open(2), generateKeyPairSigner()]);
    bed.chain.giveSol(payer.address);
    return new SenderBed(bed, payer);
  }

  async sign(...instructions: readonly Instruction[]): Promise<Signed> {
    const lifetime = await this.sender.latestBlockhash();
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayerSigner(this.#payer, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    );
    const signed = await partiallySignTransactionMessageWithSigners(message);
    return {
      wire: getBase64EncodedWireTransaction(signed),
      signature: getSignatureFromTransaction(signed),
      lastValidBlockHeight: lifetime.lastValidBlockHeight,
    };
  }
}

test("a transaction that is sent twice lands once, and both times with success", async () => {
  const { bed, sender, ...rest } = await SenderBed.open().then((opened) => ({
    bed: opened.bed,
    sender: opened.sender,
    sign: opened.sign.bind(opened),
  }));
  const { wire, signature } = await rest.sign(bed.scene.ask.deposit(ANN, USDC));
  await sender.submit(wire);
  await sender.submit(wire);
  await sender.submit(wire, { skipPreflight: true });
  assert.equal(bed.scene.bed.readEscrow(ANN).depositedTotal, 101n * USDC);
  assert.deepEqual(bed.node.calls.at(-1)?.params[1], {
    encoding: "base64",
    maxRetries: 0n,
    preflightCommitment: "confirmed",
    skipPreflight: true,
  });
  const found = await sender.transaction(signature);
  assert.equal(found?.slot, bed.chain.slot);
  assert.equal(found.error, null);
  assert.ok(found.logs.some((line) => line.includes(bed.chain.programAddress)));
});

test("what a node foresees is told in the program's words, or in those for other programs", async () => {
  const opened = await SenderBed.open();
  const { scene } = opened.bed;
  scene.land(scene.ask.requestExit(ANN));
  const refused = await opened.sign(scene.ask.deposit(ANN, USDC));
  await assert.rejects(opened.sender.submit(refused.wire), (error) => {
    assert.ok(isAimoError(error, "escrow_refused"));
    assert.equal(error.context.name, "ExitPending");
    assert.ok(error.cause !== undefined);
    return true;
  });
  scene.bed.giveTokens(ANN, 0n);
  scene.land(scene.ask.cancelExit(ANN));
  const poor = await opened.sign(scene.ask.deposit(ANN, USDC));
  await assert.rejects(opened.sender.submit(poor.wire), (error) => {
    assert.ok(isAimoError(error, "transaction_failed"));
    assert.match(error.message, /SPL Token: the token account holds too few tokens/);
    return true;
  });
});

test("a blockhash that one node does not know is tried at the others before it counts", async () => {
  const opened = await SenderBed.open();
  const { bed, sender } = opened;
  const { wire } = await opened.sign(bed.scene.ask.deposit(ANN, USDC));
  bed.node.isBlockhashUnknown = true;
  await sender.submit(wire);
  assert.equal(bed.scene.bed.readEscrow(ANN).depositedTotal, 101n * USDC);
  for (const node of bed.nodes) node.isBlockhashUnknown = true;
  const late = await opened.sign(bed.scene.ask.deposit(ANN, USDC));
  await assert.rejects(sender.submit(late.wire), (error) => {
    assert.ok(isAimoError(error, "transaction_failed"));
    assert.match(error.message, /has expired/);
    return true;
  });
});

test("where no node can be reached it is said so, and a second node takes what the first one cannot", async () => {
  const opened = await SenderBed.open();
  const { bed, sender } = opened;
  const { wire } = await opened.sign(bed.scene.ask.deposit(ANN, USDC));
  bed.node.isDown = true;
  await sender.submit(wire);
  assert.equal(bed.scene.bed.readEscrow(ANN).depositedTotal, 101n * USDC);
  bed.nodes[1]!.isDown = true;
  await assert.rejects(sender.submit(wire), (error) => isAimoError(error, "chain_unavailable"));
});

test("fates are what nodes say now, and what was seen may be unknown again", async () => {
  const opened = await SenderBed.open();
  const { bed, sender } = opened;
  const { chain, scene } = bed;
  const { wire, signature } = await opened.sign(scene.ask.deposit(ANN, USDC));
  const fate = async (): Promise<unknown> => (await sender.fates([signature]))[0];
  assert.equal(await fate(), "unknown");
  await sender.submit(wire);
  const { slot } = chain;
  assert.deepEqual(await fate(), { kind: "seen" });
  for (const node of bed.nodes) node.unlisted.add(signature);
  assert.equal(await fate(), "unknown");
  for (const node of bed.nodes) node.unlisted.clear();
  chain.pass(1n);
  assert.deepEqual(await fate(), { kind: "landed", slot, atCommitment: true });
  const patient = createSender({ ...bed.settings, commitment: "finalized" }, bed.endpoints);
  assert.deepEqual(await patient.fates([signature]), [{ kind: "landed", slot, atCommitment: false }]);
  chain.pass(29n);
  assert.deepEqual(await patient.fates([signature]), [{ kind: "landed", slot, atCommitment: false }]);
  chain.pass(1n);
  assert.deepEqual(await patient.fates([signature]), [{ kind: "landed", slot, atCommitment: true }]);
});

test("a failure is for good once it is final", async () => {
  const opened = await SenderBed.open();
  const { bed, sender } = opened;
  bed.scene.land(bed.scene.ask.requestExit(ANN));
  const { wire, signature } = await opened.sign(bed.scene.ask.deposit(ANN, USDC));
  await sender.submit(wire, { skipPreflight: true });
  const error = { InstructionError: [0, { Custom: 40 }] };
  const [fate] = await sender.fates([signature]);
  assert.ok(typeof fate === "object" && fate.kind === "failed");
  assert.equal(fate.isFinal, false);
  assert.deepEqual(
    JSON.parse(JSON.stringify(fate.error, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part))),
    error,
  );
  bed.chain.pass(31n);
  const [later] = await sender.fates([signature]);
  assert.ok(typeof later === "object" && later.kind === "failed" && later.isFinal);
  const found = await sender.transaction(signature);
  assert.notEqual(found?.error, null);
});

test("fates are asked for by the hundred, and in history where it is wanted", async () => {
  const { bed, sender } = await SenderBed.open();
  const known = bed.chain.transactions.map(({ signature }) => signature);
  const many = Array.from({ length: FATES_PER_CALL_MAX + 1 }, (_, index) => known[index % known.length]!);
  const mark = bed.node.calls.length;
  assert.equal((await sender.fates(many, { inHistory: true })).length, many.length);
  const calls = bed.node.calls.slice(mark);
  assert.deepEqual(
    calls.map(({ params }) => [(params[0] as unknown[]).length, params[1]]),
    [FATES_PER_CALL_MAX, 1].map((count) => [count, { searchTransactionHistory: true }]),
  );
  assert.deepEqual(await sender.fates([]), []);
});

test("a transaction is dead only where every node is past its last block, for good", async () => {
  const opened = await SenderBed.open();
  const { bed, sender } = opened;
  const { lastValidBlockHeight } = await opened.sign();
  const [first, second] = bed.nodes;
  bed.chain.pass(lastValidBlockHeight + 31n - bed.chain.slot);
  assert.equal(await sender.isDeadEverywhere(lastValidBlockHeight), false);
  bed.chain.pass(1n);
  assert.equal(await sender.isDeadEverywhere(lastValidBlockHeight), true);
  second!.lagSlots = 1n;
  assert.equal(await sender.isDeadEverywhere(lastValidBlockHeight), false);
  second!.lagSlots = 0n;
  first!.isDown = true;
  assert.equal(await sender.isDeadEverywhere(lastValidBlockHeight), false);
  bed.endpoints.distrust(0, 60_000);
  first!.isDown = false;
  assert.equal(await sender.isDeadEverywhere(lastValidBlockHeight), true, "also whoever is not trusted is asked");
});

test("a transaction is looked for at every node", async () => {
  const { bed, sender } = await SenderBed.open();
  const { signature } = bed.chain.transactions.at(-1)!;
  bed.node.unlisted.add(signature);
  assert.equal((await sender.transaction(signature))?.slot, bed.chain.slot);
  bed.nodes[1]!.unlisted.add(signature);
  assert.equal(await sender.transaction(signature), undefined);
  bed.nodes[1]!.isDown = true;
  assert.equal(await sender.transaction(signature), undefined);
});

test("accounts are read everywhere for good, or not at all", async () => {
  const { bed, sender } = await SenderBed.open();
  const { scene, chain } = bed;
  chain.pass(31n);
  scene.land(scene.ask.deposit(ANN, USDC));
  const snapshots = await sender.everywhere([scene.bed.escrowOf(ANN), named("nobody")]);
  assert.deepEqual(
    snapshots.map(({ slot, accounts }) => [slot, accounts[0]?.exists, accounts[1]?.exists]),
    [0, 1].map(() => [chain.slot - 31n, true, false]),
  );
  bed.nodes[1]!.isDown = true;
  await assert.rejects(sender.everywhere([scene.bed.escrowOf(ANN)]), (error) =>
    isAimoError(error, "chain_unavailable"),
  );
});
