// Settling on the real program: what is packed, sent, followed and read is what the program and the nodes make of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { getSettleBatchInstruction } from "@aimo-network/escrow/generated/instructions/settleBatch";
import { ANN, BEN, PAT, QUINN } from "@aimo-network/escrow/test-bed/cast";
import { named, signer } from "@aimo-network/escrow/test-bed/chain";
import { USDC } from "@aimo-network/escrow/test-bed/router-instructions";
import type { BedEntry } from "@aimo-network/escrow/test-bed/router-bed";
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
import type { Address, KeyPairSigner } from "@solana/kit";
import type { ChainSettings } from "./chain-settings.ts";
import type { ChainObservation } from "./observation.ts";
import { lookAtAll, surveyGround } from "./observation.ts";
import { createSender } from "./send.ts";
import type { SettleChain } from "./settle-chain.ts";
import { createSettling } from "./settling.ts";
import { createDerivedAddresses } from "./derived-addresses.ts";
import { FollowerBed } from "./test-bed/follower-bed.ts";

const DAY = 86_400n;

interface Signed {
  readonly wire: string;
  readonly signature: string;
  readonly lastValidBlockHeight: bigint;
}

/** Settling by a router whose settler has a key. */
class Bench {
  readonly bed: FollowerBed;
  readonly settling: SettleChain;
  readonly #settler: KeyPairSigner;
  seen: ChainObservation | undefined;
  /** What was looked at. */
  readonly looks: (readonly Address[])[] = [];

  private constructor(bed: FollowerBed, settler: KeyPairSigner, commitment: ChainSettings["commitment"]) {
    this.bed = bed;
    this.#settler = settler;
    this.settling = createSettling({
      router: bed.scene.bed.place,
      addresses: createDerivedAddresses(bed.scene.bed.place),
      sender: createSender({ ...bed.settings, commitment }, bed.endpoints),
      follower: { look: async (addresses = []) => void this.looks.push(addresses) },
      latest: () => this.seen,
      tables: () => [],
    });
  }

  static async open(commitment: ChainSettings["commitment"] = "confirmed", nodes = 2): Promise<Bench> {
    const [bed, settler] = await Promise.all([FollowerBed.open(nodes), generateKeyPairSigner()]);
    const { scene, chain } = bed;
    scene.land(scene.ask.setRoles({ settler: settler.address }, { cosigner: signer(scene.bed.keys.cosigner) }));
    chain.giveSol(settler.address);
    return new Bench(bed, settler, commitment);
  }

  /** Looks at everything there is. */
  async see(): Promise<void> {
    const ground = await surveyGround(this.bed.settings);
    const options = { floor: 0n, abortSignal: new AbortController().signal };
    this.seen = (await lookAtAll(this.bed.endpoints.any, ground, options)).observation;
  }

  async sign(...entries: readonly BedEntry[]): Promise<Signed> {
    const { bed } = this.bed.scene;
    const addresses = entries.flatMap(({ user, owner }) => [bed.escrowOf(user), bed.providerOf(owner)]);
    const ledgerAccounts = [...new Set(addresses)];
    const { value: lifetime } = await this.bed.endpoints.any.getLatestBlockhash({ commitment: "confirmed" }).send();
    const settle = getSettleBatchInstruction({
      settler: this.#settler,
      config: bed.config,
      root: new Uint8Array(32),
      batchId: 1n,
      ledgerAccounts,
      entries: entries.map(({ user, owner, amount, seq }) => ({
        escrow: ledgerAccounts.indexOf(bed.escrowOf(user)),
        provider: ledgerAccounts.indexOf(bed.providerOf(owner)),
        amount,
        seq,
      })),
    });
    const message = pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayerSigner(this.#settler, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
      (draft) => appendTransactionMessageInstructions([settle], draft),
    );
    const signed = await partiallySignTransactionMessageWithSigners(message);
    return {
      wire: getBase64EncodedWireTransaction(signed),
      signature: getSignatureFromTransaction(signed),
      lastValidBlockHeight: lifetime.lastValidBlockHeight,
    };
  }

  /** Executes bytes as a leader does who asks for no preflight. */
  execute({ wire }: Signed): void {
    this.bed.chain.sendWire(wire as Parameters<FollowerBed["chain"]["sendWire"]>[0]);
  }
}

const bill = (user: Address, owner: Address, amount: bigint, seq: number): BedEntry => ({ user, owner, amount, seq });
const pair = (userWallet: Address, providerWallet: Address) => ({ userWallet, providerWallet });

test("the room is what the config leaves at the chain's time, and unknown before it was seen", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  assert.equal(settling.room(), undefined);
  await bench.see();
  const cap = 100_000n * USDC;
  assert.deepEqual(settling.room(), { windowRoom: cap, windowCap: cap, isPaused: false });
  bench.execute(await bench.sign(bill(ANN, PAT, 5n * USDC, 1)));
  await bench.see();
  assert.deepEqual(settling.room(), { windowRoom: cap - 5n * USDC, windowCap: cap, isPaused: false });
  bed.chain.pass(1n, 3_600n);
  bed.scene.land(bed.scene.ask.setPause(2)); // SETTLE
  await bench.see();
  assert.deepEqual(settling.room(), { windowRoom: cap, windowCap: cap, isPaused: true });
});

test("pairs are packed in their order, every one once, as many as a transaction takes", async () => {
  const bench = await Bench.open();
  const pairs = Array.from({ length: 70 }, (_, place) =>
    pair(named(`user ${place % 40}`), named(`provider ${place % 7}`)),
  );
  assert.deepEqual(await bench.settling.pack(pairs), [], "nobody knows yet who settles");
  await bench.see();
  const batches = await bench.settling.pack(pairs);
  assert.deepEqual(
    batches.flat().toSorted((one, other) => one - other),
    pairs.map((_, place) => place),
  );
  assert.ok(batches.length > 1 && batches[0]!.length >= 10);
  for (const batch of batches)
    assert.deepEqual(
      batch,
      batch.toSorted((one, other) => one - other),
    );
  // What of one user comes later is never in an earlier batch: it has the later numbers.
  const batchOf = pairs.map((_, place) => batches.findIndex((batch) => batch.includes(place)));
  for (const [place, { userWallet }] of pairs.entries()) {
    const before = pairs.findIndex((other) => other.userWallet === userWallet);
    assert.ok(batchOf[before]! <= batchOf[place]!);
  }
});

for (const commitment of ["confirmed", "finalized"] as const) {
  test(`a batch has landed when it is ${commitment}`, async () => {
    const bench = await Bench.open(commitment);
    const { settling, bed } = bench;
    const signed = await bench.sign(bill(ANN, PAT, USDC, 1));
    assert.deepEqual(await settling.fate(signed.signature), { kind: "unknown" });
    await settling.submit(signed.wire);
    const slot = bed.chain.slot;
    assert.deepEqual(await settling.fate(signed.signature), { kind: "seen" });
    bed.chain.pass(commitment === "confirmed" ? 0n : 30n);
    assert.deepEqual(await settling.fate(signed.signature), { kind: "seen" });
    bed.chain.pass(1n);
    assert.deepEqual(await settling.fate(signed.signature), { kind: "landed", slot });
    const asked = bed.node.calls.findLast(({ method }) => method === "getSignatureStatuses")!;
    assert.deepEqual(asked.params[1], { searchTransactionHistory: true }, "it may be of before a restart");
  });
}

test("a failure counts when it is final, under the program's own name", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  const gap = await bench.sign(bill(ANN, PAT, USDC, 2));
  bench.execute(gap);
  bed.chain.pass(30n);
  assert.deepEqual(await settling.fate(gap.signature), { kind: "seen" });
  bed.chain.pass(1n);
  const fate = await settling.fate(gap.signature);
  assert.equal(fate.kind, "failed");
  assert.match(fate.kind === "failed" ? fate.reason : "", /\(SeqGap\)/);
  // Codes that other programs have too are told apart by the log.
  const { scene } = bed;
  const early = await bench.sign(bill(ANN, PAT, USDC, 1));
  scene.land(scene.ask.setRoles({ settler: named("another") }, { cosigner: signer(scene.bed.keys.cosigner) }));
  bench.execute(early);
  bed.chain.pass(31n);
  const refused = await settling.fate(early.signature);
  assert.match(refused.kind === "failed" ? refused.reason : "", /\(MissingSigner\)/);
});

test("a failure of which no node has the log any more is told all the same", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  const gap = await bench.sign(bill(ANN, PAT, USDC, 2));
  bench.execute(gap);
  bed.chain.pass(31n);
  for (const node of bed.nodes) node.lie = (method, truth) => (method === "getTransaction" ? null : truth);
  const fate = await settling.fate(gap.signature);
  assert.match(fate.kind === "failed" ? fate.reason : "", /failed with the code 33/);
});

test("what a node foresees is told, that the bytes have expired is not, nor is that they landed before", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  const gap = await bench.sign(bill(ANN, PAT, USDC, 2));
  await assert.rejects(settling.submit(gap.wire), (error) => {
    return isAimoError(error, "escrow_refused") && error.context.name === "SeqGap";
  });
  const good = await bench.sign(bill(ANN, PAT, USDC, 1));
  for (const node of bed.nodes) node.isBlockhashUnknown = true;
  await settling.submit(good.wire);
  assert.deepEqual(await settling.fate(good.signature), { kind: "unknown" });
  for (const node of bed.nodes) node.isBlockhashUnknown = false;
  await settling.submit(good.wire);
  await settling.submit(good.wire);
  assert.equal(bed.scene.bed.readEscrow(ANN).settleSeq, 1);
  for (const node of bed.nodes) node.isDown = true;
  await assert.rejects(settling.submit(good.wire), (error) => isAimoError(error, "chain_unavailable"));
});

test("bytes are dead when the last block they are good for is final on every node", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  const { lastValidBlockHeight } = await bench.sign(bill(ANN, PAT, USDC, 1));
  const [first, second] = bed.nodes;
  first!.finalLagSlots = 0n;
  second!.finalLagSlots = 3n;
  bed.chain.pass(lastValidBlockHeight - bed.chain.slot + 3n);
  assert.equal(await settling.isDead(lastValidBlockHeight), false, "one node is three slots behind");
  bed.chain.pass(1n);
  assert.equal(await settling.isDead(lastValidBlockHeight), true);
  second!.isDown = true;
  assert.equal(await settling.isDead(lastValidBlockHeight), false);
});

test("entries are unapplied where every node says so, at this opening and this number", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  for (const node of bed.nodes) node.finalLagSlots = 0n;
  const { openedSlot } = bed.scene.bed.readEscrow(ANN);
  const other = bed.scene.bed.readEscrow(BEN).openedSlot;
  const entry = { ...pair(ANN, PAT), openedSlot, seq: 1n };
  const second = { ...pair(ANN, QUINN), openedSlot, seq: 2n };
  const ben = { ...pair(BEN, PAT), openedSlot: other, seq: 1n };
  assert.equal(await settling.areUnapplied([entry, second, ben]), true);
  assert.equal(await settling.areUnapplied([{ ...entry, openedSlot: openedSlot + 1n }]), false);
  bench.execute(await bench.sign(bill(ANN, PAT, USDC, 1)));
  assert.equal(await settling.areUnapplied([entry]), false);
  assert.equal(await settling.areUnapplied([second, ben]), true);
  assert.equal(await settling.areUnapplied([ben, entry]), false);
  bench.execute(await bench.sign(bill(BEN, PAT, USDC, 1)));
  bed.nodes[1]!.finalLagSlots = 5n;
  assert.equal(await settling.areUnapplied([ben]), false, "one node knows of it already");
  bed.nodes[1]!.isDown = true;
  await assert.rejects(settling.areUnapplied([second]), (error) => isAimoError(error, "chain_unavailable"));
});

test("entries of an escrow that is closed are not known to be unapplied", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  for (const node of bed.nodes) node.finalLagSlots = 0n;
  const { openedSlot } = bed.scene.bed.readEscrow(ANN);
  const { ask } = bed.scene;
  bed.scene.land(ask.requestExit(ANN));
  bed.chain.pass(1n, DAY);
  bed.scene.land(ask.finalizeExit(ANN));
  bed.chain.pass(1_500n, 600n);
  bed.scene.land(ask.closeEscrow(ANN));
  assert.equal(await settling.areUnapplied([{ ...pair(ANN, PAT), openedSlot, seq: 1n }]), false);
});

test("the log says what was applied of each entry and the fee, and which were applied before", async () => {
  const bench = await Bench.open();
  const { settling, bed } = bench;
  assert.equal(await settling.log((await bench.sign(bill(ANN, PAT, USDC, 1))).signature), undefined);
  const { scene } = bed;
  scene.land(scene.ask.withdrawUser(BEN, 99n * USDC));
  bench.execute(await bench.sign(bill(ANN, PAT, 7n, 1)));
  const signed = await bench.sign(bill(ANN, PAT, 7n, 1), bill(BEN, PAT, 3n * USDC, 1), bill(ANN, QUINN, 39n, 2));
  bench.execute(signed);
  const { slot } = bed.chain;
  bed.chain.pass(1n);
  assert.deepEqual(await settling.log(signed.signature), {
    slot,
    // Two and a half percent, rounded down for each entry.
    entries: ["noop", { applied: USDC, fee: 25_000n }, { applied: 39n, fee: 0n }],
  });
});

test("the log of a batch that failed says nothing", async () => {
  const bench = await Bench.open();
  const gap = await bench.sign(bill(ANN, PAT, USDC, 2));
  bench.execute(gap);
  bench.bed.chain.pass(1n);
  assert.equal(await bench.settling.log(gap.signature), undefined);
});

test("whoever looks at pairs looks at their users' escrows, at each once", async () => {
  const bench = await Bench.open();
  const { scene } = bench.bed;
  await bench.settling.look([pair(ANN, PAT), pair(BEN, PAT), pair(ANN, QUINN)]);
  assert.deepEqual(bench.looks, [[scene.bed.escrowOf(ANN), scene.bed.escrowOf(BEN)]]);
});
