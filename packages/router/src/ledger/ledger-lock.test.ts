import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

test("a lock moves its ceiling from available to locked, and its charge moves it on to the provider and back", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 400n);
  assert.equal((await bed.ledger.lock(lock)).granted, 400n);
  assert.deepEqual(await bed.balances(who.user), { available: 600n, locked: 400n, payable: 0n });
  const charge = await bed.ledger.charge(bed.chargeOf(lock, 150n));
  assert.deepEqual(charge, { outcome: "posted", cost: 150n });
  assert.deepEqual(await bed.balances(who.user), { available: 850n, locked: 0n, payable: 150n });
  assert.deepEqual(await bed.faults(), []);
});

test("a lock that the balance does not pay for is refused with what is available and what is locked", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  await bed.ledger.lock(bed.lockOf(who, 700n));
  const { refusal } = await bed.ledger.lock(bed.lockOf(who, 301n));
  assert.deepEqual(refusal, { reason: "insufficient_balance", available: 300n, locked: 700n });
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 300n))).granted, 300n);
  assert.deepEqual(await bed.faults(), []);
});

test("a wallet that never deposited is told so, and not that it has too little", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(0n);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 1n))).refusal, { reason: "escrow_not_opened" });
});

test("a lock with room is lowered to what is there, never below the least that makes sense", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(100n);
  const lower = await bed.ledger.lock(bed.lockOf(who, 500n, { least: nanoUsdc(60n) }));
  assert.equal(lower.granted, 100n);
  const other = await bed.addUser(59n);
  const { refusal } = await bed.ledger.lock(bed.lockOf(other, 500n, { least: nanoUsdc(60n) }));
  assert.equal(refusal?.reason, "insufficient_balance");
  const limited = await bed.addUser(1_000n, { spending_limit: 80 });
  assert.equal((await bed.ledger.lock(bed.lockOf(limited, 500n, { least: nanoUsdc(60n) }))).granted, 80n);
  const { granted: whole } = await bed.ledger.lock(bed.lockOf(await bed.addUser(501n), 500n, { least: nanoUsdc(60n) }));
  assert.equal(whole, 500n, "what is affordable is not lowered");
  assert.deepEqual(await bed.faults(), []);
});

test("a free offer locks 0, also for a wallet without an escrow, and its answer is charged 0 and shown", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(0n);
  const lock = bed.lockOf(who, 0n);
  assert.equal((await bed.ledger.lock(lock)).granted, 0n);
  assert.deepEqual(await bed.ledger.charge(bed.chargeOf(lock, 0n)), { outcome: "posted", cost: 0n });
  const shown = await bed.row("SELECT count(*) AS n, sum(cost) AS cost FROM generations");
  assert.deepEqual(shown, { n: 1n, cost: 0n });
  assert.deepEqual(await bed.row("SELECT count(*) AS n FROM journal"), { n: 0n }, "nothing moved");
  assert.deepEqual(await bed.faults(), []);
});

test("a repeated lock with equal parameters is success and locks once; with others it is refused", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 400n);
  const twice = await Promise.all([bed.ledger.lock(lock), bed.ledger.lock(lock)]);
  assert.deepEqual(
    twice.map(({ granted }) => granted),
    [400n, 400n],
  );
  assert.equal((await bed.ledger.lock(lock)).granted, 400n);
  assert.deepEqual(await bed.balances(who.user), { available: 600n, locked: 400n, payable: 0n });
  await assert.rejects(bed.ledger.lock({ ...lock, full: nanoUsdc(5n), least: nanoUsdc(5n) }), /refused a lock/);
  assert.deepEqual(await bed.faults(), []);
});

test("an allowance bounds what may be locked by what was settled, is owed and is locked under it", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10_000n);
  await bed.database.query("UPDATE users SET allowance = 1000, settled = 300 WHERE id = $1", [who.user]);
  const first = bed.lockOf(who, 200n);
  await bed.ledger.lock(first);
  await bed.ledger.charge(bed.chargeOf(first, 150n));
  await bed.ledger.lock(bed.lockOf(who, 250n));
  const over = await bed.ledger.lock(bed.lockOf(who, 301n)); // 1000 − 300 settled − 150 owed − 250 locked = 300
  assert.deepEqual(over.refusal, { reason: "allowance_exceeded", lockable: 300n, stop: undefined });
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 300n))).granted, 300n);
  assert.deepEqual(await bed.faults(), []);
});

test("admission stops at the moment an allowance's notice begins, and at once when an exit is requested or the chain has less", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const edgeMs = bed.clock.now() + 1;
  await bed.database.query("UPDATE users SET allowance = 1000, allowance_stops_at = $2 WHERE id = $1", [
    who.user,
    new Date(edgeMs),
  ]);
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 1n))).granted, 1n);
  bed.clock.advance(1);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 1n))).refusal, {
    reason: "allowance_exceeded",
    lockable: 0n,
    stop: "ending",
  });
  const leaving = await bed.addUser(1_000n);
  await bed.database.query("UPDATE users SET is_exiting = true WHERE id = $1", [leaving.user]);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(leaving, 1n))).refusal, {
    reason: "allowance_exceeded",
    lockable: 0n,
    stop: "exiting",
  });
  await bed.database.query("UPDATE users SET is_exiting = false, is_halted = true WHERE id = $1", [leaving.user]);
  const { refusal } = await bed.ledger.lock(bed.lockOf(leaving, 1n));
  assert.deepEqual(refusal, { reason: "allowance_exceeded", lockable: 0n, stop: "halted" });
  assert.equal((await bed.ledger.lock(bed.lockOf(leaving, 0n))).granted, 0n, "free answers need no escrow");
});

test("while settling is paused nobody locks anything, and free answers go on", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  await bed.database.query("UPDATE router_accounts SET is_paused = true");
  const [paid, free] = await Promise.all([bed.ledger.lock(bed.lockOf(who, 10n)), bed.ledger.lock(bed.lockOf(who, 0n))]);
  assert.deepEqual(paid.refusal, { reason: "paused" });
  assert.equal(free.granted, 0n);
  await bed.database.query("UPDATE router_accounts SET is_paused = false");
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 10n))).granted, 10n);
  assert.deepEqual(await bed.faults(), []);
});

test("one that is refused in a batch does not touch the others of it", async (t) => {
  const bed = await openLedgerBed(t);
  const rich = await bed.addUser(1_000n);
  const poor = await bed.addUser(5n);
  const stranger = { user: 999_999, key: rich.key };
  const answers = await Promise.allSettled([
    bed.ledger.lock(bed.lockOf(rich, 400n)),
    bed.ledger.lock(bed.lockOf(poor, 6n)),
    bed.ledger.lock(bed.lockOf(stranger, 1n)), // no such user
    bed.ledger.lock(bed.lockOf({ user: poor.user, key: rich.key }, 1n)), // somebody else's key
    bed.ledger.lock(bed.lockOf(poor, 5n)),
    bed.ledger.lock(bed.lockOf(rich, 600n)),
  ]);
  assert.deepEqual(
    answers.map((answer) => (answer.status === "rejected" ? "rejected" : (answer.value.granted ?? "refused"))),
    [400n, "refused", "rejected", "rejected", 5n, 600n],
  );
  assert.deepEqual(await bed.faults(), []);
});
