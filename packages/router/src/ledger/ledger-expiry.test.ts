import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

const EXPIRE = "SELECT ledger_expire($1, $2) AS n";

test("a lock expires at its deadline and not a millisecond before, and gives everything back", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n, { spending_limit: 1_000 });
  const lock = bed.lockOf(who, 400n, { deadlineMs: bed.clock.now() + 1_000 });
  await bed.ledger.lock(lock);
  bed.clock.advance(999);
  assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]), { n: 0 });
  bed.clock.advance(1);
  assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]), { n: 1 });
  assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]), { n: 0 });
  assert.equal(await bed.stateOf(lock), "x");
  assert.deepEqual(await bed.balances(who.user), { available: 1_000n, locked: 0n, payable: 0n });
  assert.deepEqual(await bed.row("SELECT running, window_spent, rate_tokens FROM keys WHERE id = $1", [who.key]), {
    running: 0,
    window_spent: 0n,
    rate_tokens: 0n,
  });
  assert.deepEqual(await bed.faults(), []);
});

test("at most so many expire in one transaction, the oldest deadlines first", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const locks = [3, 1, 2].map((ms) => bed.lockOf(who, 10n, { deadlineMs: bed.clock.now() + ms }));
  await Promise.all(locks.map((lock) => bed.ledger.lock(lock)));
  bed.clock.advance(10);
  assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 2]), { n: 2 });
  assert.deepEqual(await Promise.all(locks.map((lock) => bed.stateOf(lock))), ["o", "x", "x"]);
  assert.deepEqual(await bed.faults(), []);
});

test("while one instance sweeps, another does nothing", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  await bed.ledger.lock(bed.lockOf(who, 10n, { deadlineMs: bed.clock.now() }));
  await bed.database.transaction(async (query) => {
    await query("SELECT pg_advisory_xact_lock(hashtext('aimo sweeper'))");
    assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]), { n: 0 });
  });
  assert.deepEqual(await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]), { n: 1 });
});

test("a lock that is charged while the sweeper waits for its user is not expired as well", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 100n, { deadlineMs: bed.clock.now() });
  await bed.ledger.lock(lock);
  const standing = async (count: bigint): Promise<void> => {
    const text =
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while ((await bed.row(text))["n"] !== count);
  };
  const [charged, swept] = await bed.database.transaction(async (query) => {
    await query("SELECT ledger_hold_users(ARRAY[$1::integer])", [who.user]);
    const charging = bed.ledger.charge(bed.chargeOf(lock, 40n));
    await standing(1n);
    const sweeping = bed.row(EXPIRE, [new Date(bed.clock.now()), 10]);
    await standing(2n);
    return [charging, sweeping].map((work) => ({ work })); // not awaited in here: they wait for this transaction
  });
  assert.deepEqual(await charged?.work, { outcome: "posted", cost: 40n });
  assert.deepEqual(await swept?.work, { n: 0 });
  assert.equal(await bed.stateOf(lock), "c");
  assert.deepEqual(await bed.faults(), []);
});

test("what a stream had delivered when its router ended is recorded for its provider, until a late charge pays it", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const [silent, streamed] = [0, 1].map(() => bed.lockOf(who, 10n, { deadlineMs: bed.clock.now(), stream: true }));
  assert.ok(silent && streamed);
  await Promise.all([silent, streamed].map((lock) => bed.ledger.lock(lock)));
  await bed.ledger.checkpoint([{ id: streamed.id, deliveredBytes: 512 }]);
  await bed.row(EXPIRE, [new Date(bed.clock.now()), 10]);
  const unpaid = await bed.database.query("SELECT lock_id, reason, amount FROM uncollected");
  assert.deepEqual(unpaid, [{ lock_id: streamed.id, reason: "router_ended", amount: 0n }]);
  assert.equal((await bed.ledger.charge(bed.chargeOf(streamed, 4n))).outcome, "late");
  assert.deepEqual(await bed.database.query("SELECT lock_id FROM uncollected"), []);
  assert.deepEqual(await bed.faults(), []);
});

test("an orphan is found only once its instance's lease has ended, for its last attempt and its own provider", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const stranger = await bed.addWallet();
  const lock = bed.lockOf(who, 100n, { stream: true });
  await bed.ledger.lock(lock);
  await bed.ledger.checkpoint([{ id: lock.id, deliveredBytes: 77 }]);
  assert.equal(await bed.ledger.findOrphan(lock.id, 0, bed.provider), "running", "its instance lives");
  bed.clock.advance(1);
  const orphan = await bed.ledger.findOrphan(lock.id, 0, bed.provider);
  assert.ok(orphan !== undefined && orphan !== "running");
  assert.equal(orphan.deliveredBytes, 77);
  assert.equal(orphan.ceiling, nanoUsdc(100n));
  assert.equal(await bed.ledger.findOrphan(lock.id, 0, stranger), undefined, "another wallet gets nothing");
  assert.equal(await bed.ledger.findOrphan(lock.id, 1, bed.provider), undefined, "that attempt never was");
  await bed.ledger.retry({ ...lock, attempt: 1 });
  assert.equal(await bed.ledger.findOrphan(lock.id, 0, bed.provider), undefined, "a later attempt exists");
  await bed.ledger.charge(bed.chargeOf(lock, 1n));
  assert.equal(await bed.ledger.findOrphan(lock.id, 1, bed.provider), undefined, "it is charged already");
});
