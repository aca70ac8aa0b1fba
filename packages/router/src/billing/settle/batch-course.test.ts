import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError } from "@aimo-network/protocol/errors";
import type { SigningReason } from "@aimo-network/protocol/errors";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import { BATCH_RESEND_MS, BATCH_RETRIES_RAPID, BATCH_RETRY_MS, BATCH_RETRY_MS_MAX } from "../limits.ts";
import { LIFE_BLOCKS, ScriptedSettling, rootFor } from "../../test-bed/scripted-settling.ts";
import { retryRestMs } from "./batch-course.ts";

const refused = (reason: SigningReason, users?: readonly number[]): AimoError<"signing_refused"> =>
  new AimoError("signing_refused", { reason, expected: "one thing", found: "another", ...(users && { users }) });
const program = (name: string): AimoError<"escrow_refused"> =>
  new AimoError("escrow_refused", { name, expected: "one thing", found: "another", advice: "wait" });

/** Users that each open batch is for. */
async function usersOf(bed: ScriptedSettling): Promise<number[][]> {
  return (await bed.open()).map(({ entries }) => [...new Set(entries.map(({ user }) => user))]);
}

/** What is settled and claimable, in micro-USDC. */
async function settledOf(bed: ScriptedSettling, provider: number): Promise<bigint> {
  return (await bed.books.earnings(provider)).claimable / 1_000n;
}

test("a batch has its root and its bytes in the ledger before a node has them, and is posted when it has landed", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, pat] = [await bed.payer(1_000_000n), await bed.provider()];
  const batch = await bed.bill(40_000n, [ann, pat]);
  const course = bed.course();
  const seen: unknown[] = [];
  const { submit } = bed.settleChain;
  const chain = {
    ...bed.settleChain,
    submit: async (wire: string) => {
      const { state, root, wire: kept, signature, lastValidBlockHeight } = await bed.books.batch(batch);
      seen.push({ state, root: new Uint8Array(root!), kept, signature, lastValidBlockHeight });
      await submit(wire);
    },
  };
  await bed.advance(bed.course({ chain }), batch);
  const { wire, signature, lastValidBlockHeight } = bed.latest;
  assert.deepEqual(seen, [{ state: "signed", root: rootFor(batch), kept: wire, signature, lastValidBlockHeight }]);
  assert.equal(await bed.stateOf(batch), "sent");
  bed.land(bed.latest);
  await bed.advance(course, batch);
  assert.equal(await bed.stateOf(batch), "landed");
  assert.equal(await settledOf(bed, pat), 39_000n);
  assert.deepEqual(
    await bed.books.row("SELECT logged_applied, logged_fee, applied, fee FROM settle_entries WHERE batch_id = $1", [
      batch,
    ]),
    { logged_applied: 40_000n, logged_fee: 1_000n, applied: 40_000n, fee: 1_000n },
  );
  const { landed_slot: slot } = await bed.books.row("SELECT landed_slot FROM settle_batches WHERE id = $1", [batch]);
  assert.equal(slot, bed.chain.state.slot);
  assert.deepEqual(await bed.books.faults(), []);
});

test("a root that is there is not made again", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(1_000_000n), await bed.provider()]);
  await bed.books.settlement.setRoot(bed.books.settler, batch, new Uint8Array(32).fill(9));
  await bed.advance(bed.course({ rootOf: () => assert.fail("it has a root") }), batch);
  assert.deepEqual(new Uint8Array((await bed.books.batch(batch)).root!), new Uint8Array(32).fill(9));
});

test("what was applied less than asked is posted as the log says, entry by entry", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, pat, quinn] = [await bed.payer(100_000n), await bed.provider(), await bed.provider()];
  const batch = await bed.bill(45_000n, [ann, pat], [ann, quinn]);
  // On chain she has less than she owes by now.
  bed.chain.withdrawUser(0, { amount: 40_000n, openedSlot: bed.chain.state.escrows[0]!.openedSlot, withdrawSeq: 0n });
  const course = bed.course();
  await bed.advance(course, batch);
  bed.land(bed.latest);
  bed.retold = ([first, second]) => {
    assert.deepEqual(
      [first, second],
      [
        { applied: 45_000n, fee: 1_125n },
        { applied: 15_000n, fee: 375n },
      ],
    );
    return [
      { applied: 20_000n, fee: 500n },
      { applied: 40_000n, fee: 1_000n },
    ]; // in an order that nobody could guess
  };
  await bed.advance(course, batch);
  assert.deepEqual([await settledOf(bed, pat), await settledOf(bed, quinn)], [19_500n, 39_000n]);
  assert.deepEqual(await bed.books.faults(), []);
});

test("a log that never comes keeps nobody from being looked at", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, pat] = [await bed.payer(1_000_000n), await bed.provider()];
  const batch = await bed.bill(40_000n, [ann, pat]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.land(bed.latest);
  bed.retold = () => undefined;
  await bed.advance(course, batch);
  assert.deepEqual(bed.looks, [[ann.user]]);
  assert.equal(await bed.stateOf(batch), "landed");
  assert.deepEqual(await bed.books.row("SELECT logged_applied FROM settle_entries"), { logged_applied: null });
});

test("a log with another number of entries is not believed", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, pat] = [await bed.payer(1_000_000n), await bed.provider()];
  const batch = await bed.bill(40_000n, [ann, pat]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.land(bed.latest);
  bed.retold = (logs) => [...logs, ...logs];
  await bed.advance(course, batch);
  assert.deepEqual(await bed.books.row("SELECT logged_applied FROM settle_entries"), { logged_applied: null });
  assert.match(bed.logged.join(""), /"level":50.*another number of entries/);
});

test("a log counts also where some entries were posted before it was read", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, ben, pat, quinn] = [
    await bed.payer(1_000_000n),
    await bed.payer(100_000n),
    await bed.provider(),
    await bed.provider(),
  ];
  const batch = await bed.bill(45_000n, [ben, pat], [ben, quinn], [ann, pat]);
  bed.chain.withdrawUser(1, { amount: 40_000n, openedSlot: bed.chain.state.escrows[1]!.openedSlot, withdrawSeq: 0n });
  const course = bed.course();
  await bed.advance(course, batch);
  bed.land(bed.latest);
  await bed.observe(ann.wallet); // follows from the sum and the fee; what of Ben's was applied for whom does not
  await bed.observe(ben.wallet);
  assert.deepEqual(
    (await bed.books.batch(batch)).entries.map(({ isPosted }) => isPosted),
    [false, false, true],
  );
  await bed.advance(course, batch);
  assert.equal(await bed.stateOf(batch), "landed");
  assert.deepEqual(
    [await settledOf(bed, pat), await settledOf(bed, quinn)],
    [45_000n - 1_125n + (45_000n - 1_125n), 15_000n - 375n],
  );
  assert.doesNotMatch(bed.logged.join(""), /another number/);
  assert.deepEqual(await bed.books.row("SELECT count(*) AS n FROM chain_surprises"), { n: 0n });
});

test("a log counts where some entries were posted before the batch was signed", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, ben, pat] = [await bed.payer(1_000_000n), await bed.payer(1_000_000n), await bed.provider()];
  const batch = await bed.bill(40_000n, [ann, pat], [ben, pat]);
  bed.chain.settle([{ user: 0, provider: 0, amount: 40_000n, seq: 1n }]); // by somebody with the settler's key
  await bed.observe(ann.wallet);
  const course = bed.course();
  await bed.advance(course, batch);
  assert.deepEqual(
    bed.latest.entries.map(({ user }) => user),
    [ben.user],
  );
  bed.land(bed.latest);
  await bed.advance(course, batch);
  assert.deepEqual(await bed.books.database.query("SELECT user_id, logged_applied FROM settle_entries ORDER BY id"), [
    { user_id: ann.user, logged_applied: null },
    { user_id: ben.user, logged_applied: 40_000n },
  ]);
});

test("what had been applied before is left out of what the log says", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const [ann, pat] = [await bed.payer(1_000_000n), await bed.provider()];
  const batch = await bed.bill(40_000n, [ann, pat]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.chain.settle([{ user: 0, provider: 0, amount: 40_000n, seq: 1n }]);
  bed.land(bed.latest);
  assert.deepEqual(bed.latest.logs, ["noop"]);
  await bed.advance(course, batch);
  assert.deepEqual(await bed.books.row("SELECT logged_applied, applied FROM settle_entries"), {
    logged_applied: null,
    applied: 40_000n,
  });
  assert.equal(await bed.stateOf(batch), "landed");
});

test("a batch that failed for good is tried again in halves, its entries as they were", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const payers = [await bed.payer(10n ** 6n), await bed.payer(10n ** 6n), await bed.payer(10n ** 6n)];
  const batch = await bed.bill(40_000n, ...payers.map((payer) => [payer, pat] as const));
  const before = await bed.books.database.query("SELECT user_id, seq, amount FROM settle_entries ORDER BY id");
  const course = bed.course();
  await bed.advance(course, batch);
  bed.latest.fate = { kind: "failed", reason: "The escrow program refuses this (SeqGap)" };
  await bed.advance(course, batch);
  const [one, other] = await bed.open();
  assert.deepEqual(await usersOf(bed), [[payers[2]!.user], [payers[0]!.user, payers[1]!.user]]);
  assert.deepEqual(
    await bed.books.database.query("SELECT user_id, seq, amount FROM settle_entries ORDER BY id"),
    before,
  );
  // Both are signed at once, with roots of their own.
  for (const { id, root, state } of [one!, other!]) {
    assert.deepEqual([root, state], [undefined, "queued"]);
    await bed.advance(course, id);
    bed.land(bed.latest);
    await bed.advance(course, id);
    assert.equal(await bed.stateOf(id), "landed");
  }
  assert.equal(await settledOf(bed, pat), 117_000n);
  assert.deepEqual(bed.violations, []);
});

test("what only its own user can mend is tried again after a rest, longer each time and never longer than the longest", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const course = bed.course();
  const rests: number[] = [];
  for (let attempts = 1; attempts <= 12; attempts++) {
    await bed.advance(course, batch);
    assert.equal(bed.transactions.length, attempts);
    bed.latest.fate = { kind: "failed", reason: "The escrow program refuses this (SeqGap)" };
    await bed.advance(course, batch);
    const restMs = (await bed.books.batch(batch)).notBefore.getTime() - bed.books.clock.now();
    rests.push(restMs);
    bed.books.clock.advance(restMs - 1);
    await bed.advance(course, batch);
    assert.equal(bed.transactions.length, attempts, "it rests");
    bed.books.clock.advance(1);
  }
  const rapid = Array.from({ length: BATCH_RETRIES_RAPID }, () => BATCH_RETRY_MS);
  assert.deepEqual(rests.slice(0, 6), [...rapid, 10_000, 20_000, 40_000]);
  assert.equal(rests.at(-1), BATCH_RETRY_MS_MAX);
  assert.equal(retryRestMs(1e9), BATCH_RETRY_MS_MAX);
  assert.match(bed.logged.join(""), /"failure":"The escrow program refuses this \(SeqGap\)"/);
});

test("a signer that refuses is asked more and more seldom, too, until it signs", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const course = bed.course();
  const restMs = async (): Promise<number> =>
    (await bed.books.batch(batch)).notBefore.getTime() - bed.books.clock.now();
  bed.signerRefusal = refused("not_owed");
  const rests: number[] = [];
  for (let times = 0; times < 5; times++) {
    await bed.advance(course, batch);
    rests.push(await restMs());
    bed.books.clock.advance(rests.at(-1)!);
  }
  assert.deepEqual(rests, [5_000, 5_000, 5_000, 10_000, 20_000]);
  bed.signerRefusal = undefined;
  await bed.advance(course, batch);
  bed.latest.fate = { kind: "failed", reason: "The escrow program refuses this (SeqGap)" };
  await bed.advance(course, batch);
  assert.equal(await restMs(), BATCH_RETRY_MS, "what was refused before it was signed is forgotten");
});

for (const failure of [
  "The escrow program refuses this (SettlerCap): …",
  "The escrow program refuses this (Paused): …",
  "The escrow program refuses this (MissingSigner): …",
  "The transaction failed: the fee payer has too little SOL; send SOL to it",
]) {
  test(`a batch whose failure is not about its entries stays whole: ${failure}`, async (t) => {
    const bed = await ScriptedSettling.open(t);
    const pat = await bed.provider();
    const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat], [await bed.payer(10n ** 6n), pat]);
    const course = bed.course();
    await bed.advance(course, batch);
    bed.latest.fate = { kind: "failed", reason: failure };
    await bed.advance(course, batch);
    const [only, ...others] = await bed.open();
    assert.equal(others.length, 0);
    assert.equal(only!.notBefore.getTime(), bed.books.clock.now() + BATCH_RETRY_MS);
  });
}

const WHOLE: readonly SigningReason[] = [
  "unreachable",
  "window",
  "paused",
  "not_settler",
  "router_unknown",
  "root_missing",
];
for (const reason of WHOLE) {
  test(`a batch that is not signed because of "${reason}" stays whole and rests`, async (t) => {
    const bed = await ScriptedSettling.open(t);
    const pat = await bed.provider();
    const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat], [await bed.payer(10n ** 6n), pat]);
    bed.signerRefusal = refused(reason);
    await bed.advance(bed.course(), batch);
    const [only, ...others] = await bed.open();
    assert.equal(others.length, 0);
    assert.equal(only!.notBefore.getTime(), bed.books.clock.now() + BATCH_RETRY_MS);
    assert.deepEqual(bed.submissions, []);
  });
}

const PARTS: readonly SigningReason[] = ["not_owed", "escrow_closed", "seq_gap", "provider_unknown"];
for (const reason of PARTS) {
  test(`users whom the signer names for "${reason}" go apart, and the others at once`, async (t) => {
    const bed = await ScriptedSettling.open(t);
    const pat = await bed.provider();
    const payers = [];
    for (let count = 0; count < 5; count++) payers.push(await bed.payer(10n ** 6n));
    const batch = await bed.bill(40_000n, ...payers.map((payer) => [payer, pat] as const));
    const named = [payers[1]!.user, payers[4]!.user];
    const course = bed.course();
    bed.signerRefusal = refused(reason, [...named, 999_999]);
    await bed.advance(course, batch);
    assert.deepEqual(await usersOf(bed), [[payers[0]!.user, payers[2]!.user, payers[3]!.user], named]);
    const [rest, apart] = await bed.open();
    bed.signerRefusal = undefined;
    await bed.advance(course, rest!.id);
    assert.equal(bed.latest.entries.length, 3);
    // All of those who are left are named: in halves they would fare no better.
    bed.signerRefusal = refused(reason, named);
    await bed.advance(course, apart!.id);
    assert.equal((await bed.open()).length, 2);
    assert.equal((await bed.books.batch(apart!.id)).notBefore.getTime(), bed.books.clock.now() + BATCH_RETRY_MS);
  });
}

test("what is too large for the signer goes in halves", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat], [await bed.payer(10n ** 6n), pat]);
  bed.signerRefusal = refused("too_large");
  await bed.advance(bed.course(), batch);
  assert.deepEqual(
    (await bed.open()).map(({ entries }) => entries.length),
    [1, 1],
  );
});

test("any other fault of signing leaves the batch as it is", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  for (const fault of [new AimoError("chain_unavailable", {}), new TypeError("broken")]) {
    bed.signerRefusal = fault;
    await assert.rejects(bed.advance(bed.course(), batch), fault);
    const { state, notBefore } = await bed.books.batch(batch);
    assert.equal(state, "queued");
    assert.ok(!(notBefore.getTime() > 0));
  }
});

test("the same bytes are sent again after a while, and no others while they may land", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const course = bed.course();
  const wires = (): string[] => bed.submissions.map(({ wire }) => wire);
  await bed.advance(course, batch);
  bed.books.clock.advance(BATCH_RESEND_MS - 1);
  await bed.advance(course, batch);
  assert.deepEqual(wires(), ["wire 1"]);
  bed.books.clock.advance(1);
  await bed.advance(course, batch);
  await bed.advance(course, batch);
  assert.deepEqual(wires(), ["wire 1", "wire 1"]);
  bed.height += LIFE_BLOCKS; // the last block in which they may land
  bed.books.clock.advance(BATCH_RESEND_MS);
  await bed.advance(course, batch);
  assert.deepEqual(wires(), ["wire 1", "wire 1", "wire 1"]);
  assert.equal(bed.transactions.length, 1);
});

test("dead bytes of which nothing was applied are signed again, the same entries at once", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat], [await bed.payer(10n ** 6n), pat]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.height += LIFE_BLOCKS + 1n;
  await bed.advance(course, batch);
  const { state, notBefore } = await bed.books.batch(batch);
  assert.deepEqual([state, notBefore.getTime()], ["queued", bed.books.clock.now()]);
  assert.deepEqual(await bed.books.row("SELECT failure FROM settle_batches"), { failure: "expired" });
  await bed.advance(course, batch);
  const [first, second] = bed.transactions;
  assert.notEqual(first!.wire, second!.wire);
  assert.deepEqual(first!.entries, second!.entries);
  assert.deepEqual(bed.violations, []);
});

test("dead bytes are not signed again where an entry is applied on any node", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const [ann, ben] = [await bed.payer(10n ** 6n), await bed.payer(10n ** 6n)];
  const batch = await bed.bill(40_000n, [ann, pat], [ben, pat]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.height += LIFE_BLOCKS + 1n;
  let isSplit = true;
  const { areUnapplied } = bed.settleChain;
  const divided = bed.course({
    chain: { ...bed.settleChain, areUnapplied: async (entries) => !isSplit && (await areUnapplied(entries)) },
  });
  await bed.advance(divided, batch);
  await bed.advance(divided, batch);
  assert.equal(bed.transactions.length, 1);
  assert.deepEqual(bed.looks, [
    [ann.user, ben.user],
    [ann.user, ben.user],
  ]);
  isSplit = false;
  bed.land(bed.latest);
  bed.latest.fate = { kind: "unknown" }; // no node has it in its history any more
  await bed.advance(divided, batch);
  assert.equal(await bed.stateOf(batch), "landed");
  assert.equal(await settledOf(bed, pat), 78_000n);
});

test("what was executed and is not yet for sure is neither buried nor signed again", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const course = bed.course();
  await bed.advance(course, batch);
  bed.latest.fate = { kind: "seen" };
  bed.height += LIFE_BLOCKS + 1n;
  await bed.advance(course, batch);
  assert.equal((await bed.books.batch(batch)).state, "sent");
});

test("what a node says against the bytes counts only when they are dead: another may have taken them", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const [ann, ben] = [await bed.payer(10n ** 6n), await bed.payer(10n ** 6n)];
  const batch = await bed.bill(40_000n, [ann, pat], [ben, pat]);
  const course = bed.course();
  bed.refusal = program("SeqGap");
  await bed.advance(course, batch);
  assert.equal(await bed.stateOf(batch), "sent");
  bed.refusal = undefined; // the next sending is taken, which does not make the refusal forgotten
  bed.books.clock.advance(BATCH_RESEND_MS);
  await bed.advance(course, batch);
  assert.equal((await bed.open()).length, 1);
  bed.height += LIFE_BLOCKS + 1n;
  await bed.advance(course, batch);
  assert.deepEqual(await usersOf(bed), [[ben.user], [ann.user]]);
});

test("a refusal that was not about the entries does not part them when the bytes are dead", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat], [await bed.payer(10n ** 6n), pat]);
  const course = bed.course();
  for (const refusal of [new AimoError("chain_unavailable", {}), program("SettlerCap")]) {
    bed.refusal = refusal;
    await bed.advance(course, batch);
    bed.height += LIFE_BLOCKS + 1n;
    await bed.advance(course, batch);
    assert.deepEqual((await bed.open()).length, 1);
  }
  // Nobody being there is no refusal at all: those bytes had only expired.
  const { notBefore } = await bed.books.batch(batch);
  assert.equal(notBefore.getTime(), bed.books.clock.now() + BATCH_RETRY_MS);
});

test("bytes that landed although a node refused them are posted", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const pat = await bed.provider();
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), pat]);
  const course = bed.course();
  bed.refusal = program("SeqGap");
  await bed.advance(course, batch);
  bed.land(bed.latest);
  await bed.advance(course, batch);
  assert.equal(await bed.stateOf(batch), "landed");
});

test("a fault of the code that sends is not taken for a node's answer", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  bed.refusal = new TypeError("broken");
  await assert.rejects(bed.advance(bed.course(), batch), /broken/);
});

test("whoever has lost the lead signs nothing into the ledger and sends nothing", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const course = bed.course();
  const stale = bed.books.settler;
  await bed.books.lead("settler");
  await assert.rejects(bed.advance(course, batch, stale), hasLostLeadership);
  assert.deepEqual(bed.submissions, []);
  assert.equal((await bed.books.batch(batch)).root, undefined);
});

test("of two that sign the same batch only the one that leads sends", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const stale = bed.books.settler;
  const [slow, fast] = [bed.course(), bed.course()];
  const before = await bed.books.batch(batch);
  const { signBatch } = bed.signer;
  // While the first one's signer works, another instance takes over and brings the batch on.
  const overtaken = bed.course({
    signer: {
      ...bed.signer,
      signBatch: async (id) => {
        const signed = await signBatch(id);
        const fence = await bed.books.lead("settler");
        await fast.advance(fence, await bed.books.batch(id));
        return signed;
      },
    },
  });
  await overtaken.advance(stale, before).catch((error: unknown) => assert.ok(hasLostLeadership(error)));
  assert.deepEqual(
    bed.submissions.map(({ wire }) => wire),
    ["wire 2"],
  );
  assert.deepEqual(bed.violations, []);
  // And what the first one still does with the batch as it knew it changes nothing.
  await slow.advance(stale, before).catch((error: unknown) => assert.ok(hasLostLeadership(error)));
  assert.deepEqual(
    bed.submissions.map(({ wire }) => wire),
    ["wire 2"],
  );
  assert.equal((await bed.books.batch(batch)).wire, "wire 2");
});

test("a batch of which everything is posted is left alone", async (t) => {
  const bed = await ScriptedSettling.open(t);
  const batch = await bed.bill(40_000n, [await bed.payer(10n ** 6n), await bed.provider()]);
  const open = await bed.books.batch(batch);
  const posted = { ...open, entries: open.entries.map((entry) => ({ ...entry, isPosted: true })) };
  await bed.course().advance(bed.books.settler, posted);
  assert.deepEqual([bed.transactions, bed.submissions], [[], []]);
});
