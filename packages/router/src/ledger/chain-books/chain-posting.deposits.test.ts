import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";

const SECOND_MS = 1_000;

async function mayLock(books: ChainBooks, who: LedgerUser, micro: bigint): Promise<boolean> {
  const lock = books.lockOf(who, micro * 1000n);
  const { granted } = await books.ledger.lock(lock);
  if (granted !== undefined) await books.ledger.charge(books.chargeOf(lock, 0n, { kind: "released" }));
  return granted !== undefined;
}

/** Everything the books hold but for when something was seen. */
async function picture(books: ChainBooks): Promise<unknown> {
  return await books.row(`SELECT (SELECT json_agg(u ORDER BY id) FROM users u) AS users, (SELECT json_agg(j ORDER BY seq) FROM journal j) AS journal,
    (SELECT json_agg(to_jsonb(e) - 'seen_slot' ORDER BY user_id) FROM escrows e) AS escrows, (SELECT json_agg(d) FROM deposit_events d) AS deposits,
    (SELECT vault FROM router_accounts) AS vault`);
}

test("what an escrow's total exceeds what was credited is credited, once", async (t) => {
  const books = await openChainBooks(t);
  const { user } = await books.addUser(0n);
  assert.equal(await books.observe(user, { deposited: 100n }), "posted");
  assert.deepEqual(await books.balances(user), { available: 100_000n, locked: 0n, withdrawing: 0n, payable: 0n });
  assert.equal(await books.observe(user, { deposited: 130n }), "posted");
  assert.deepEqual(await books.router(), { vault: 130_000n, fees: 0n });
  assert.deepEqual(await books.row("SELECT count(*) AS n, sum(amount) AS total FROM deposit_events"), {
    n: 2n,
    total: 130_000n,
  });
  assert.deepEqual(await books.faults(), []);
});

test("the same account told again, at its slot or at a later one, changes nothing", async (t) => {
  const books = await openChainBooks(t);
  const { user } = await books.addUser(0n);
  await books.observe(user, { slot: 50n, deposited: 100n });
  const before = await picture(books);
  assert.equal(await books.observe(user, { slot: 50n }), "posted");
  assert.equal(await books.observe(user, { slot: 51n }), "posted");
  assert.deepEqual(await picture(books), before);
});

test("what is older than what was seen changes nothing, whatever it says", async (t) => {
  const books = await openChainBooks(t);
  const { user } = await books.addUser(0n);
  await books.observe(user, { slot: 50n, deposited: 100n, withdrawn: 10n });
  const before = await picture(books);
  assert.equal(await books.observe(user, { slot: 49n, deposited: 170n, allowance: 1n }), "old");
  assert.deepEqual(await picture(books), before);
});

for (const lower of [{ deposited: 99n }, { settled: 19n }, { withdrawn: 9n }, { openedSlot: 6n }]) {
  test(`no total falls: a look that says ${Object.keys(lower).join()} is lower is old, whatever its slot`, async (t) => {
    const books = await openChainBooks(t);
    const { user } = await books.addUser(0n);
    await books.observe(user, { openedSlot: 7n, deposited: 100n, settled: 20n, withdrawn: 10n, settleSeq: 1n });
    const before = await picture(books);
    assert.equal(await books.observe(user, { ...lower, allowance: 1n }), "old");
    assert.deepEqual(await picture(books), before);
  });
}

test("what may be locked follows the allowance, less what was settled, owed and locked under it", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.observe(who.user, { allowance: 50_000n });
  assert.equal(await mayLock(books, who, 51n), false);
  assert.equal(await mayLock(books, who, 50n), true);
  await books.owe(who, books.provider, 20n);
  assert.equal(await mayLock(books, who, 31n), false);
  await books.cut([[who.user, books.provider]]);
  await books.observe(who.user, { settled: 20n, settleSeq: 1n });
  assert.equal(await mayLock(books, who, 31n), false, "what was owed is settled now");
  assert.equal(await mayLock(books, who, 30n), true);
  await books.observe(who.user, { allowance: 60_000n });
  assert.equal(await mayLock(books, who, 40n), true);
  assert.deepEqual(await books.faults(), []);
});

test("nothing is locked from the moment an allowance stops, nor while its user leaves", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.observe(who.user, { stopsAt: new Date(books.clock.now() + SECOND_MS) });
  books.clock.advance(SECOND_MS - 1);
  assert.equal(await mayLock(books, who, 1n), true);
  books.clock.advance(1);
  assert.equal(await mayLock(books, who, 1n), false);
  await books.observe(who.user, {
    stopsAt: new Date(books.clock.now() + SECOND_MS),
    exitDueAt: books.now(),
    isUrgent: true,
  });
  assert.equal(await mayLock(books, who, 1n), false);
  assert.deepEqual(await books.row("SELECT is_urgent, exit_due_at FROM escrows WHERE user_id = $1", [who.user]), {
    is_urgent: true,
    exit_due_at: books.now(),
  });
  await books.observe(who.user, { exitDueAt: undefined, isUrgent: false });
  assert.equal(await mayLock(books, who, 1n), true);
});

test("open escrows are listed, closed ones and those never opened are not", async (t) => {
  const books = await openChainBooks(t);
  const [open, closed] = [await books.addDepositor(1n), await books.addDepositor(1n)];
  await books.addUser(0n);
  await books.gone(closed.user);
  assert.deepEqual(
    (await books.posting.openEscrows()).map(({ user }) => user),
    [open.user],
  );
});

test("what all users owe and have locked is what settling must be able to collect", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 20n);
  await books.ledger.lock(books.lockOf(who, 5_000n));
  assert.equal(await books.posting.exposure(), 25_000n);
});

test("nobody locks anything that costs while the router is paused", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.posting.pause(books.watcher, true);
  assert.equal(await mayLock(books, who, 1n), false);
  await books.posting.pause(books.watcher, false);
  assert.equal(await mayLock(books, who, 1n), true);
});
