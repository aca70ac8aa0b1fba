import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";

const NOTHING = { available: 0n, locked: 0n, withdrawing: 0n, payable: 0n };
const REOPENED = { openedSlot: 900n, deposited: 30n, settled: 0n, withdrawn: 0n, settleSeq: 0n, withdrawSeq: 0n };

/** A user with 100 micro-USDC, of which 40 are on their way to a provider. */
async function openDebt(t: TestContext): Promise<ChainBooks & { who: LedgerUser; flight: bigint }> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 40n);
  const flight = await books.cut([[who.user, books.provider]]);
  assert.ok(flight);
  return { ...books, who, flight };
}

async function logFlight(books: Awaited<ReturnType<typeof openDebt>>, applied: bigint, fee: bigint): Promise<void> {
  const { entries } = await books.batch(books.flight);
  const [entry] = entries;
  assert.ok(entry);
  const line = { id: entry.id, applied: microUsdc(applied), fee: microUsdc(fee) };
  await books.settlement.logged(books.settler, books.flight, 200n, [line]);
}

const standing = async ({ row }: ChainBooks, user: number) =>
  await row("SELECT opened_slot, deposited, settled, withdrawn, settle_seq, next_seq FROM escrows WHERE user_id = $1", [
    user,
  ]);

test("of a closed escrow nothing is left: what was on its way and never sent counts as not applied", async (t) => {
  const books = await openDebt(t);
  const lock = books.lockOf(books.who, 10_000n);
  await books.ledger.lock(lock);
  assert.equal(await books.gone(books.who.user), "posted");
  assert.deepEqual(await books.balances(books.who.user), NOTHING);
  assert.deepEqual(await books.router(), { vault: 0n, fees: 0n });
  assert.equal(await books.stateOf(lock), "x");
  assert.deepEqual(await books.row("SELECT state FROM settle_batches"), { state: "landed" });
  assert.deepEqual(
    await books.row("SELECT has_deposited, allowance, settled, is_exiting FROM users WHERE id = $1", [books.who.user]),
    {
      has_deposited: false,
      allowance: 0n,
      settled: 0n,
      is_exiting: false,
    },
  );
  assert.deepEqual(await books.faults(), []);
});

for (const step of ["signed", "sent"] as const) {
  test(`entries of a batch that is ${step} are waited for, and nothing is promised meanwhile`, async (t) => {
    const books = await openDebt(t);
    if (step === "sent") await books.send(books.flight);
    else {
      const signed = { signature: "s", wire: "AA==", lastValidBlockHeight: 9n };
      await books.settlement.setRoot(books.settler, books.flight, new Uint8Array(32));
      await books.settlement.signed(books.settler, books.flight, signed);
    }
    assert.equal(await books.gone(books.who.user), "waiting");
    assert.deepEqual((await books.balances(books.who.user)).payable, 40_000n);
    const { granted } = await books.ledger.lock(books.lockOf(books.who, 1n));
    assert.equal(granted, undefined);
    assert.equal(await books.gone(books.who.user, { isPatient: false }), "posted");
    assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 0n });
    assert.deepEqual(await books.faults(), []);
  });
}

test("what a batch applied before the escrow was closed is posted as its log says", async (t) => {
  const books = await openDebt(t);
  await books.send(books.flight);
  const slot = books.slot();
  assert.equal(await books.gone(books.who.user, { slot }), "waiting");
  await logFlight(books, 40n, 4n);
  assert.equal(await books.gone(books.who.user, { slot }), "posted", "the same may be told again");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 36_000n, withdrawing: 0n });
  assert.deepEqual(await books.router(), { vault: 40_000n, fees: 4_000n });
  assert.deepEqual(await books.faults(), []);
});

test("without its log the provider's own total brings it in", async (t) => {
  const books = await openDebt(t);
  await books.send(books.flight);
  assert.equal(await books.gone(books.who.user, { isPatient: false }), "posted");
  const slot = books.slot();
  assert.equal(await books.observeProvider(books.provider, { slot, earned: 36n, adopts: true }), "posted");
  assert.equal(await books.observeFees(4n, { slot, adopts: true }), -4n);
  assert.deepEqual(await books.router(), { vault: 40_000n, fees: 4_000n });
  assert.deepEqual(await books.faults(), []);
});

test("an escrow that was closed and opened again, seen only then, begins anew", async (t) => {
  const books = await openDebt(t);
  assert.equal(await books.observe(books.who.user, REOPENED), "posted");
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 30_000n });
  assert.deepEqual(await standing(books, books.who.user), {
    ...{ opened_slot: 900n, deposited: 30n, settled: 0n, withdrawn: 0n, settle_seq: 0n, next_seq: 0n },
  });
  await books.owe(books.who, books.provider, 5n);
  const next = await books.batch(await books.cut([[books.who.user, books.provider]]));
  assert.deepEqual(
    next.entries.map(({ seq, openedSlot }) => [seq, openedSlot]),
    [[1n, 900n]],
  );
  assert.deepEqual(await books.faults(), []);
});

test("while the fate of its last entries is not known, the reopened escrow brings in nothing", async (t) => {
  const books = await openDebt(t);
  await books.send(books.flight);
  const slot = books.slot();
  assert.equal(await books.observe(books.who.user, { ...REOPENED, slot }), "waiting");
  assert.equal((await books.balances(books.who.user)).available, 60_000n);
  assert.equal((await books.ledger.lock(books.lockOf(books.who, 1n))).granted, undefined);
  assert.equal(await books.observe(books.who.user, { slot }), "waiting");
  assert.equal(await books.observe(books.who.user, { slot: slot - 1n, openedSlot: 1n }), "old");
  assert.equal(await books.observe(books.who.user, { ...REOPENED, isPatient: false }), "posted");
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 30_000n });
  assert.deepEqual(await books.faults(), []);
});

test("an entry of before that was applied to the reopened escrow is taken from there", async (t) => {
  const books = await openDebt(t);
  await books.observe(books.who.user, { withdrawn: 100n });
  await books.send(books.flight);
  await logFlight(books, 25n, 0n);
  assert.equal(await books.observe(books.who.user, { ...REOPENED, settled: 25n, settleSeq: 1n }), "posted");
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 5_000n });
  assert.equal(await books.observeProvider(books.provider, { earned: 25n, adopts: true }), "posted");
  assert.deepEqual(await books.router(), { vault: 30_000n, fees: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("a withdrawal that was open ends with its escrow", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const asked = await books.ask("user", who.user, 70n);
  assert.equal(await books.gone(who.user), "posted");
  assert.ok("id" in asked);
  const ended = await books.withdrawals.find(asked.id);
  assert.deepEqual([ended?.state, ended?.failure], ["expired", "the escrow was closed"]);
  assert.deepEqual(await books.balances(who.user), NOTHING);
  assert.deepEqual(await books.faults(), []);
});

test("an escrow is gone only where it is missing later than it was seen", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(0n);
  await books.observe(who.user, { slot: 500n, deposited: 100n });
  assert.equal(await books.gone(who.user, { slot: 500n }), "old");
  assert.equal((await books.balances(who.user)).available, 100_000n);
  assert.equal(await books.gone(who.user, { slot: 501n }), "posted");
  assert.equal(await books.gone(who.user, { slot: 502n }), "old", "it is gone already");
  assert.equal(await books.observe(who.user, { slot: 500n }), "old", "what was seen before it was gone");
  assert.equal(await books.observe(who.user, { ...REOPENED, slot: 501n }), "posted", "closed and opened in one slot");
  assert.equal((await books.balances(who.user)).available, 30_000n);
  assert.equal(await books.gone(await books.addWallet()), "old", "who never had one");
  assert.deepEqual(await books.faults(), []);
});

test("while a closed escrow waits, what is older than that does not bring it back", async (t) => {
  const books = await openDebt(t);
  await books.send(books.flight);
  assert.equal(await books.gone(books.who.user, { slot: 500n }), "waiting");
  assert.equal(await books.observe(books.who.user, { slot: 498n, deposited: 130n }), "old");
  assert.equal((await books.ledger.lock(books.lockOf(books.who, 1n))).granted, undefined);
});

test("a lost ledger takes over what it finds: an escrow, a provider and fees of which it knows nothing", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addUser(0n);
  const slot = books.slot();
  const found = { openedSlot: 77n, deposited: 100n, settled: 30n, withdrawn: 20n, settleSeq: 4n, withdrawSeq: 2n };
  assert.equal(await books.observe(who.user, { slot, ...found, feeBps: undefined }), "posted");
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, available: 50_000n });
  assert.deepEqual(await books.faults(), []);
  const earned = { slot, earned: 28n, withdrawn: 3n, withdrawSeq: 1n };
  assert.equal(await books.observeProvider(books.provider, earned), "waiting", "what was withdrawn is not there yet");
  assert.equal(await books.observeProvider(books.provider, { ...earned, adopts: true }), "posted");
  assert.equal(await books.observeFees(2n, { slot, adopts: true }), -2n);
  assert.deepEqual(await books.earnings(books.provider), { claimable: 25_000n, withdrawing: 0n });
  assert.deepEqual(await books.router(), { vault: 77_000n, fees: 2_000n });
  assert.deepEqual(await books.database.query("SELECT kind, amount, slot FROM chain_surprises ORDER BY id"), [
    { kind: "settled elsewhere", amount: 30n, slot },
    { kind: "earned elsewhere", amount: 28n, slot },
    { kind: "fees from elsewhere", amount: 2n, slot },
  ]);
  await books.owe(who, books.provider, 5n);
  const next = await books.batch(await books.cut([[who.user, books.provider]]));
  assert.deepEqual(
    next.entries.map(({ seq }) => seq),
    [5n],
  );
  assert.deepEqual(await books.withdrawals.standing("user", who.user), { openedSlot: 77n, withdrawSeq: 2n });
  assert.deepEqual(await books.faults(), []);
});
