import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";

const NOTHING = { available: 0n, locked: 0n, withdrawing: 0n, payable: 0n };

async function uncollected(books: ChainBooks): Promise<unknown> {
  return await books.database.query(
    "SELECT reason, provider_id AS provider, sum(amount)::bigint AS amount FROM uncollected GROUP BY 1, 2 ORDER BY 2",
  );
}

test("an exit takes what is available and leaves locks alone where that is enough", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const lock = books.lockOf(who, 40_000n);
  await books.ledger.lock(lock);
  await books.observe(who.user, { withdrawn: 60n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, locked: 40_000n });
  assert.equal(await books.stateOf(lock), "o");
  assert.deepEqual(await books.router(), { vault: 40_000n, fees: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("where more has left than is available, locks end, and what they would have been charged for is gone", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const lock = books.lockOf(who, 40_000n);
  await books.ledger.lock(lock);
  await books.ledger.checkpoint([{ id: lock.id, deliveredBytes: 7 }]);
  await books.observe(who.user, { withdrawn: 61n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, available: 39_000n });
  assert.equal(await books.stateOf(lock), "x");
  assert.deepEqual(await uncollected(books), [{ reason: "router_ended", provider: books.provider, amount: 0n }]);
  assert.deepEqual(await books.faults(), []);
});

test("what an exit takes comes from what is available, then from what waits for a withdrawal, then from what is owed", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 30n);
  const asked = await books.ask("user", who.user, 50n);
  assert.equal(asked.code, "requested");
  await books.observe(who.user, { withdrawn: 20n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, withdrawing: 50_000n, payable: 30_000n });
  await books.observe(who.user, { withdrawn: 60n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, withdrawing: 10_000n, payable: 30_000n });
  assert.deepEqual(await books.faults(), []);
  await books.observe(who.user, { withdrawn: 75n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, payable: 25_000n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: books.provider, amount: 5_000n }]);
  assert.deepEqual(
    await books.database.query("SELECT event, amount FROM journal WHERE event BETWEEN 15 AND 17 ORDER BY seq"),
    [
      { event: 15, amount: 20_000n },
      { event: 16, amount: 40_000n },
      { event: 16, amount: 10_000n },
      { event: 17, amount: 5_000n },
    ],
  );
  assert.deepEqual(await books.faults(), []);
});

test("an exit takes what is not on its way before what is", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const other = await books.addWallet();
  await books.owe(who, books.provider, 40n);
  await books.cut([[who.user, books.provider]]);
  await books.owe(who, books.provider, 10n);
  await books.owe(who, other, 50n);
  await books.observe(who.user, { withdrawn: 55n });
  assert.deepEqual(
    await books.database.query("SELECT provider_id, amount, in_flight, written_off FROM payables ORDER BY provider_id"),
    [
      { provider_id: books.provider, amount: 40_000n, in_flight: 40_000n, written_off: 0n },
      { provider_id: other, amount: 5_000n, in_flight: 0n, written_off: 0n },
    ],
  );
  await books.observe(who.user, { withdrawn: 70n });
  assert.deepEqual(
    await books.row("SELECT amount, in_flight, written_off FROM payables WHERE provider_id = $1", [books.provider]),
    {
      amount: 30_000n,
      in_flight: 40_000n,
      written_off: 10_000n,
    },
  );
  assert.deepEqual(await books.faults(), []);
});

test("an exit that came before a batch leaves nothing for it", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 40n);
  await books.cut([[who.user, books.provider]]);
  assert.equal(await books.observe(who.user, { withdrawn: 100n, settleSeq: 1n }), "posted");
  assert.deepEqual(await books.balances(who.user), NOTHING);
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 0n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: books.provider, amount: 40_000n }]);
  assert.deepEqual(await books.faults(), []);
});

/** Who left with 100 while 40 of it were on their way to a provider, and has come back with 60. */
async function openReturn(t: TestContext): Promise<ChainBooks & { who: LedgerUser }> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 40n);
  await books.cut([[who.user, books.provider]]);
  await books.observe(who.user, { withdrawn: 100n });
  assert.deepEqual(await books.balances(who.user), NOTHING);
  await books.observe(who.user, { deposited: 160n });
  return { ...books, who };
}

/** The batch of before the exit lands on what came in since. */
async function landStale({
  observe,
  who,
  provider,
  earnings,
  ...books
}: Awaited<ReturnType<typeof openReturn>>): Promise<void> {
  assert.equal(await observe(who.user, { settled: 40n, settleSeq: 1n, feeBps: 0 }), "posted");
  assert.deepEqual(await earnings(provider), { claimable: 40_000n, withdrawing: 0n });
  assert.deepEqual(await books.faults(), []);
}

test("a debt that was written off at an exit is paid after all from what comes in again", async (t) => {
  const books = await openReturn(t);
  await landStale(books);
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 20_000n });
  assert.deepEqual(await uncollected(books), [], "nothing is missing any more");
});

test("part of it where only part is applied: the rest stays uncollected", async (t) => {
  const books = await openReturn(t);
  await books.observe(books.who.user, { settled: 15n, settleSeq: 1n });
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 45_000n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: books.provider, amount: 25_000n }]);
  assert.deepEqual(await books.faults(), []);
});

test("new debts to the same provider are not mistaken for it: both are paid", async (t) => {
  const books = await openReturn(t);
  await books.owe(books.who, books.provider, 20n);
  await landStale(books);
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, payable: 20_000n });
  assert.deepEqual(await uncollected(books), []);
});

test("new debts stay owed where the old entry applies nothing", async (t) => {
  const books = await openReturn(t);
  await books.owe(books.who, books.provider, 20n);
  await books.observe(books.who.user, { settleSeq: 1n });
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 40_000n, payable: 20_000n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: books.provider, amount: 40_000n }]);
  assert.deepEqual(await books.faults(), []);
});

test("locks give way to a written off debt that is paid after all", async (t) => {
  const books = await openReturn(t);
  const lock = books.lockOf(books.who, 21_000n);
  await books.ledger.lock(lock);
  await landStale(books);
  assert.equal(await books.stateOf(lock), "x");
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 20_000n });
});

test("and so does a withdrawal that can have nothing left to land on", async (t) => {
  const books = await openReturn(t);
  const asked = await books.ask("user", books.who.user, 55n);
  await landStale(books);
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, withdrawing: 20_000n });
  assert.ok("id" in asked);
  assert.equal(await books.withdrawals.expire(books.watcher, books.now(), asked.id, "expired"), true);
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, available: 20_000n });
  assert.deepEqual(await books.faults(), []);
});

test("and so do newer debts, to other providers and to the same: who loses what is recorded", async (t) => {
  const books = await openReturn(t);
  const other = await books.addWallet();
  await books.owe(books.who, books.provider, 25n);
  await books.owe(books.who, other, 35n);
  await landStale(books);
  assert.deepEqual(await books.balances(books.who.user), { ...NOTHING, payable: 20_000n });
  assert.deepEqual(await uncollected(books), [
    { reason: "exit", provider: books.provider, amount: 25_000n },
    { reason: "exit", provider: other, amount: 15_000n },
  ]);
});

test("entries on their way to several providers share what came in as the chain applied it", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const other = await books.addWallet();
  await books.owe(who, books.provider, 40n);
  await books.owe(who, other, 50n);
  await books.cut([
    [who.user, books.provider],
    [who.user, other],
  ]);
  await books.observe(who.user, { withdrawn: 60n });
  assert.deepEqual(await books.balances(who.user), { ...NOTHING, payable: 40_000n });
  await books.observe(who.user, { settled: 40n, settleSeq: 2n, isPatient: false, feeBps: 0 });
  assert.deepEqual(await books.earnings(books.provider), { claimable: 40_000n, withdrawing: 0n });
  assert.deepEqual(await books.earnings(other), { claimable: 0n, withdrawing: 0n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: other, amount: 50_000n }]);
  assert.deepEqual(await books.faults(), []);
});

test("an entry of which an exit has written off a part is paid whole by what is on its way to others", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const other = await books.addWallet();
  await books.owe(who, books.provider, 40n);
  await books.owe(who, other, 60n);
  await books.cut([
    [who.user, books.provider],
    [who.user, other],
  ]);
  await books.observe(who.user, { withdrawn: 30n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: books.provider, amount: 30_000n }]);
  await books.observe(who.user, { settled: 70n, settleSeq: 2n, isPatient: false, feeBps: 0 });
  assert.deepEqual(await books.earnings(books.provider), { claimable: 40_000n, withdrawing: 0n });
  assert.deepEqual(await books.earnings(other), { claimable: 30_000n, withdrawing: 0n });
  assert.deepEqual(await uncollected(books), [{ reason: "exit", provider: other, amount: 30_000n }]);
  assert.deepEqual(await books.faults(), []);
});

test("a late charge of a lock that an exit ended takes at most what came in since", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const lock = books.lockOf(who, 40_000n);
  await books.ledger.lock(lock);
  await books.observe(who.user, { withdrawn: 100n });
  await books.observe(who.user, { deposited: 110n });
  assert.deepEqual(await books.ledger.charge(books.chargeOf(lock, 30_000n)), { outcome: "late", cost: 10_000n });
  assert.deepEqual(await uncollected(books), [{ reason: "late", provider: books.provider, amount: 20_000n }]);
  assert.deepEqual(await books.faults(), []);
});
