import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { LedgerBed } from "../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

const SETTLE = "SELECT ledger_settle($1, $2, $3, $4, $5, $6, $7)";
const WITHDRAW = "SELECT ledger_withdraw($1, $2, $3, $4, $5, $6) AS done";

const at = (bed: LedgerBed): Date => new Date(bed.clock.now());

async function withdraw(bed: LedgerBed, party: string, step: string, wallet: number, amount: bigint): Promise<unknown> {
  return (await bed.row(WITHDRAW, [at(bed), bed.id(), party, step, wallet, amount]))["done"];
}

/** A user with 1,000, of which 600 are owed to the bed's provider. */
async function owing(bed: LedgerBed): Promise<number> {
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 600n);
  await bed.ledger.lock(lock);
  await bed.ledger.charge(bed.chargeOf(lock, 600n));
  return who.user;
}

async function vaultOf(bed: LedgerBed): Promise<Record<string, unknown>> {
  return bed.row("SELECT vault, fees, claimable, withdrawing FROM router_accounts, providers WHERE id = $1", [
    bed.provider,
  ]);
}

test("a deposit credits what the escrow's total exceeds what was credited, once, for each time it was opened", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await bed.addWallet();
  const credit = (openedSlot: bigint, total: bigint) =>
    bed.ledger.deposit({ id: bed.id(), user, openedSlot, total: nanoUsdc(total), source: "signature" });
  const both = await Promise.all([credit(5n, 100n), credit(5n, 100n)]);
  assert.deepEqual(new Set(both), new Set([0n, 100n]));
  assert.equal(await credit(5n, 100n), 0n);
  assert.equal(await credit(5n, 90n), 0n, "a total seen late credits nothing and takes nothing back");
  assert.equal(await credit(5n, 130n), 30n);
  assert.equal(await credit(9n, 20n), 20n, "an escrow opened again starts from 0");
  assert.deepEqual(await bed.balances(user), { available: 150n, locked: 0n, payable: 0n });
  assert.deepEqual(await bed.row("SELECT count(*) AS n, sum(amount) AS total FROM deposit_events"), {
    n: 3n,
    total: 150n,
  });
  assert.deepEqual(await bed.faults(), []);
});

test("what was settled counts for the escrow as it was opened last", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  await bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 500n, 0n, 0n]);
  assert.deepEqual(await bed.row("SELECT settled FROM users WHERE id = $1", [user]), { settled: 500n });
  await bed.ledger.deposit({ id: bed.id(), user, openedSlot: 2n, total: nanoUsdc(5n), source: "signature" });
  assert.deepEqual(await bed.row("SELECT settled, opened_slot FROM users WHERE id = $1", [user]), {
    settled: 0n,
    opened_slot: 2n,
  });
});

test("a settled entry pays the provider and the router's fee as the transaction logged them, dust stays payable", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  await bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 590n, 29n, 0n]);
  assert.deepEqual(await vaultOf(bed), { vault: 1_000n, fees: 29n, claimable: 561n, withdrawing: 0n });
  assert.deepEqual(await bed.balances(user), { available: 400n, locked: 0n, payable: 10n });
  assert.deepEqual(await bed.faults(), []);
});

test("what the program did not apply goes back to the user and is recorded for the provider", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  const entry = bed.id();
  await bed.row(SETTLE, [at(bed), entry, user, bed.provider, 350n, 50n, 250n]);
  assert.deepEqual(await bed.balances(user), { available: 650n, locked: 0n, payable: 0n });
  assert.deepEqual(await bed.row("SELECT lock_id, reason, amount FROM uncollected"), {
    lock_id: entry,
    reason: "shortfall",
    amount: 250n,
  });
  assert.deepEqual(await bed.faults(), []);
});

test("no more is settled than is payable, and a fee is never more than what was applied", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  await assert.rejects(bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 601n, 0n, 0n]), { code: "23514" });
  await assert.rejects(bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 10n, 11n, 0n]), /expected 0 <= fee/);
  await assert.rejects(bed.row(SETTLE, [at(bed), bed.id(), user, user, 1n, 0n, 0n]), /nothing is payable/);
  assert.deepEqual(await bed.faults(), []);
});

for (const party of ["user", "provider"] as const) {
  test(`a ${party}'s withdrawal is held at its request, leaves the vault when confirmed, and comes back when expired`, async (t) => {
    const bed = await openLedgerBed(t);
    const user = await owing(bed);
    await bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 400n, 0n, 0n]);
    const wallet = party === "user" ? user : bed.provider; // either has 400 free
    const held = async () =>
      party === "user"
        ? bed.row("SELECT available AS free, withdrawing AS held FROM users WHERE id = $1", [wallet])
        : bed.row("SELECT claimable AS free, withdrawing AS held FROM providers WHERE id = $1", [wallet]);
    assert.equal(await withdraw(bed, party, "request", wallet, 401n), false, "not covered");
    assert.equal(await withdraw(bed, party, "request", wallet, 300n), true);
    assert.deepEqual(await held(), { free: 100n, held: 300n });
    assert.equal(await withdraw(bed, party, "confirm", wallet, 301n), false, "more than is held");
    assert.equal(await withdraw(bed, party, "confirm", wallet, 200n), true);
    assert.equal(await withdraw(bed, party, "expire", wallet, 100n), true);
    assert.deepEqual(await held(), { free: 200n, held: 0n });
    assert.equal((await vaultOf(bed))["vault"], 800n);
    assert.equal(await withdraw(bed, party, "confirm", wallet, 1n), false, "nothing is held any more");
    assert.deepEqual(await bed.faults(), []);
  });
}

test("what is locked or withdrawn cannot be withdrawn again", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(100n);
  await bed.ledger.lock(bed.lockOf(who, 60n));
  const answers = await Promise.all([30n, 30n].map((amount) => withdraw(bed, "user", "request", who.user, amount)));
  assert.deepEqual(new Set(answers), new Set([false, true]));
  assert.deepEqual(await bed.faults(), []);
});

test("an exit takes everything of the user out of the vault, ends open locks, and records what providers lose", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  const open = bed.lockOf({ user, key: await bed.addKey(user) }, 100n);
  await bed.ledger.lock(open);
  await withdraw(bed, "user", "request", user, 50n);
  const exit = bed.id();
  await bed.row("SELECT ledger_user_exit($1, $2, $3)", [at(bed), exit, user]);
  assert.equal(await bed.stateOf(open), "x");
  assert.deepEqual(await bed.balances(user), { available: 0n, locked: 0n, payable: 0n });
  assert.equal((await vaultOf(bed))["vault"], 0n);
  assert.deepEqual(await bed.row("SELECT lock_id, reason, amount FROM uncollected"), {
    lock_id: exit,
    reason: "exit",
    amount: 600n,
  });
  const late = await bed.ledger.charge(bed.chargeOf(open, 40n));
  assert.deepEqual(late, { outcome: "late", cost: 0n }, "nothing is left to take it from");
  assert.deepEqual(await bed.faults(), []);
});

test("a provider's exit takes what it could claim and what it was withdrawing", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  await bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 500n, 50n, 0n]);
  await withdraw(bed, "provider", "request", bed.provider, 100n);
  await bed.row("SELECT ledger_provider_exit($1, $2, $3)", [at(bed), bed.id(), bed.provider]);
  assert.deepEqual(await vaultOf(bed), { vault: 550n, fees: 50n, claimable: 0n, withdrawing: 0n });
  assert.deepEqual(await bed.balances(user), { available: 400n, locked: 0n, payable: 100n }, "not settled, not gone");
  assert.deepEqual(await bed.faults(), []);
});

test("collected fees leave the vault, and never more than there are", async (t) => {
  const bed = await openLedgerBed(t);
  const user = await owing(bed);
  await bed.row(SETTLE, [at(bed), bed.id(), user, bed.provider, 500n, 50n, 0n]);
  await bed.row("SELECT ledger_collect_fees($1, $2, 30)", [at(bed), bed.id()]);
  await assert.rejects(bed.row("SELECT ledger_collect_fees($1, $2, 21)", [at(bed), bed.id()]), { code: "23514" });
  assert.deepEqual(await vaultOf(bed), { vault: 970n, fees: 20n, claimable: 450n, withdrawing: 0n });
  assert.deepEqual(await bed.faults(), []);
});

test("each event of the journal is the double entry of its kind: as much goes in as comes out", async (t) => {
  const bed = await openLedgerBed(t);
  const unbalanced = await bed.database.query(`SELECT event FROM journal_legs l
    CROSS JOIN (VALUES ('amount', 1), ('rest', 0), ('sum', 1), ('amount', 0), ('rest', 1), ('sum', 1)) t(part, n)
    WHERE l.part = t.part GROUP BY event
    HAVING sum(CASE WHEN l.account = 'vault' THEN l.sign ELSE 0 END * n) <> sum(CASE WHEN l.account <> 'vault' THEN l.sign ELSE 0 END * n)`);
  assert.deepEqual(unbalanced, []);
  assert.deepEqual(await bed.row("SELECT count(DISTINCT event) AS n FROM journal_legs"), { n: 22n });
});

test("the journal is append only: no row is changed, deleted or emptied away", async (t) => {
  const bed = await openLedgerBed(t);
  await bed.addUser(5n);
  for (const attack of ["UPDATE journal SET amount = 6", "DELETE FROM journal", "TRUNCATE journal"]) {
    await assert.rejects(bed.row(attack), /append only/, attack);
  }
});

test("no balance can be written below zero", async (t) => {
  const bed = await openLedgerBed(t);
  const { user } = await bed.addUser(5n);
  for (const column of ["available", "locked", "withdrawing", "payable"]) {
    await assert.rejects(bed.row(`UPDATE users SET ${column} = -1 WHERE id = $1`, [user]), { code: "23514" });
  }
});
