import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../log.ts";
import { INSTANCE_LEASE_MS, INSTANCE_RENEW_MS, LOCKS_KEPT_MS, RECEIPTS_LONGER_MS, SWEEP_MS } from "./limits.ts";
import { openChainBooks } from "../test-bed/chain-books-bed.ts";
import { makeReceipts } from "../test-bed/made-receipts.ts";
import type { LedgerBed } from "../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import { openInstance } from "./instance.ts";

const log = createLog("silent");
const MS_PER_DAY = 86_400_000;

/** An instance as the tests of this file want it. */
function start(bed: LedgerBed, historyDays = 400): ReturnType<typeof openInstance> {
  const { clock, database } = bed;
  const deps = { clock, log, database, patientDatabase: database, imbalance: () => undefined };
  return openInstance(deps, { historyDays });
}

/** Asks until the answer is as it should be: an instance's own work has no end that a test could wait for. */
async function until(bed: LedgerBed, text: string, expected: Record<string, unknown>, stepMs = 0): Promise<void> {
  const untilMs = systemClock.monotonic() + 10_000;
  let found: Record<string, unknown> = {};
  while (systemClock.monotonic() < untilMs) {
    bed.clock.advance(stepMs);
    found = await bed.row(text);
    if (Object.entries(expected).every(([name, value]) => String(found[name]) === String(value))) return;
  }
  assert.deepEqual(found, expected);
}

test("a lease is renewed while its instance runs, and ends with it", async (t) => {
  const bed = await openLedgerBed(t);
  const instance = await start(bed);
  const lease = `SELECT extract(epoch FROM lease_until)::bigint * 1000 AS ms FROM instances WHERE id = ${instance.id}`;
  const firstMs = bed.clock.now() + INSTANCE_LEASE_MS;
  assert.deepEqual(await bed.row(lease), { ms: BigInt(firstMs) });
  await until(bed, "SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'journal_2%'", { n: 5n }); // its first round is over
  bed.clock.advance(INSTANCE_RENEW_MS);
  await until(bed, lease, { ms: firstMs + INSTANCE_RENEW_MS });
  await instance.close();
  assert.deepEqual(await bed.row(lease), { ms: BigInt(bed.clock.now()) });
});

test("an instance expires what is due, also what another left behind", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const left = bed.lockOf(who, 100n, { deadlineMs: bed.clock.now() + 5_000 });
  await bed.ledger.lock(left);
  const instance = await start(bed);
  t.after(() => instance.close());
  await until(bed, "SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'generations_2%'", { n: 5n });
  assert.equal(await bed.stateOf(left), "o");
  await until(bed, "SELECT count(*) AS n FROM locks WHERE state = 'x'", { n: 1n }, SWEEP_MS);
  assert.deepEqual(await bed.faults(), []);
});

test("ended locks are kept for 48 hours after their end, open ones until they end", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const ended = bed.lockOf(who, 100n);
  const open = bed.lockOf(who, 100n, { deadlineMs: bed.clock.now() + 10 * LOCKS_KEPT_MS });
  await Promise.all([ended, open].map((lock) => bed.ledger.lock(lock)));
  bed.clock.advance(1_000);
  await bed.ledger.charge(bed.chargeOf(ended, 10n));
  bed.clock.advance(LOCKS_KEPT_MS);
  const first = await start(bed);
  const today = new Date(bed.clock.now()).toISOString().slice(0, 10).replaceAll("-", "");
  await until(bed, `SELECT to_regclass('generations_${today}') IS NOT NULL AS made`, { made: true });
  await first.close();
  assert.deepEqual(await Promise.all([ended, open].map((lock) => bed.stateOf(lock))), ["c", "o"]);
  bed.clock.advance(1);
  const second = await start(bed);
  t.after(() => second.close());
  await until(bed, "SELECT count(*) AS n FROM locks WHERE state <> 'o'", { n: 0n });
  assert.equal(await bed.stateOf(open), "o");
});

test("receipts are kept three days longer than their generations", async (t) => {
  const bed = await openChainBooks(t);
  const who = await bed.addDepositor(100n);
  const lock = await bed.owe(who, bed.provider, 10n);
  const batch = await bed.cut([[who.user, bed.provider]]);
  await makeReceipts(bed.database, batch!);
  assert.deepEqual(await bed.row("SELECT generation_id FROM receipts"), { generation_id: lock });
  const nextDayMs = (Math.floor(bed.clock.now() / MS_PER_DAY) + 1) * MS_PER_DAY;
  for (const [ms, n] of [
    [nextDayMs + 2 * MS_PER_DAY + RECEIPTS_LONGER_MS - 1, 1n],
    [nextDayMs + 2 * MS_PER_DAY + RECEIPTS_LONGER_MS, 0n],
  ] as const) {
    bed.clock.advance(ms - bed.clock.now());
    const instance = await start(bed, 2);
    const day = new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");
    await until(bed, `SELECT to_regclass('journal_${day}') IS NOT NULL AS made`, { made: true });
    await instance.close(); // after its round of tidying
    assert.deepEqual(await bed.row("SELECT count(*) AS n FROM receipts"), { n });
  }
});

test("a day's partitions are there before the day, and rows go into them", async (t) => {
  const bed = await openLedgerBed(t);
  const instance = await start(bed);
  t.after(() => instance.close());
  await until(bed, "SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'generations_2%'", { n: 5n });
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 100n);
  await bed.ledger.lock(lock);
  await bed.ledger.charge(bed.chargeOf(lock, 1n));
  const day = new Date(bed.clock.now()).toISOString().slice(0, 10).replaceAll("-", "");
  assert.deepEqual(await bed.row(`SELECT count(*) AS n FROM journal_${day}`), { n: 3n });
  assert.deepEqual(await bed.row(`SELECT count(*) AS n FROM generations_${day}`), { n: 1n });
  await assert.rejects(bed.row(`UPDATE journal_${day} SET amount = 9`), /append only/);
});

test("a row of the very day whose partition is being made goes into it, and its batch does not fail", async (t) => {
  const bed = await openLedgerBed(t);
  const day = new Date(bed.clock.now());
  const waiting = async (count: bigint): Promise<void> => {
    const text =
      "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while ((await bed.row(text))["n"] !== count);
  };
  const [made, come] = await bed.database.transaction(async (query) => {
    await query("LOCK TABLE ONLY journal IN ROW EXCLUSIVE MODE");
    // Patient here, where a test's machine may be slow; the product gives up sooner and tries again.
    const making = bed.database.transaction(async (ask) => {
      await ask("ALTER FUNCTION ledger_make_partitions RESET lock_timeout");
      await ask("SELECT ledger_make_partitions('journal', $1::date, 1)", [day]);
    });
    await waiting(1n);
    const coming = bed.addUser(5n);
    await waiting(2n);
    return [{ work: making }, { work: coming }] as const; // not awaited in here: they wait for this transaction
  });
  await Promise.all([made.work, come.work]);
  const name = `journal_${day.toISOString().slice(0, 10).replaceAll("-", "")}`;
  assert.deepEqual(await bed.row(`SELECT count(*) AS n FROM ${name}`), { n: 1n });
  assert.deepEqual(await bed.faults(), []);
});

test("whoever makes a partition gives up soon where somebody reads on, since every batch waits behind it", async (t) => {
  const bed = await openLedgerBed(t);
  await bed.database.transaction(async (query) => {
    await query("SELECT count(*) FROM journal");
    await assert.rejects(bed.row("SELECT ledger_make_partitions('journal', '2026-12-01', 2)"), {
      code: "ledger_unavailable",
    });
  });
  await bed.row("SELECT ledger_make_partitions('journal', '2026-12-01', 2)");
  assert.deepEqual(await bed.row("SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'journal_2026120_'"), {
    n: 2n,
  });
});

test("a row that came before its partition stays where it is, and nothing fails", async (t) => {
  const bed = await openLedgerBed(t);
  await bed.addUser(1_000n);
  const day = new Date(bed.clock.now()).toISOString().slice(0, 10);
  await bed.row("SELECT ledger_make_partitions('journal', $1, 2)", [day]);
  assert.deepEqual(await bed.row("SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'journal_2%'"), { n: 1n });
  assert.deepEqual(await bed.row("SELECT count(*) AS n FROM journal"), { n: 1n });
});

test("days are closed and old ones dropped while an instance runs, and the look at the balance is told", async (t) => {
  const bed = await openLedgerBed(t, undefined, Date.parse("2024-02-27T12:00:00Z"));
  const looks: bigint[] = [];
  const deps = { clock: bed.clock, log, database: bed.database, patientDatabase: bed.database };
  const instance = await openInstance({ ...deps, imbalance: (found) => void looks.push(found) }, { historyDays: 3 });
  t.after(() => instance.close());
  await until(bed, "SELECT count(*) AS n FROM pg_tables WHERE tablename LIKE 'journal_2024%'", { n: 5n });
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 10n);
  await bed.ledger.lock(lock);
  await bed.ledger.charge(bed.chargeOf(lock, 4n));
  bed.clock.advance(2 * 86_400_000);
  await until(bed, "SELECT string_agg(day::text, ' ') AS days FROM closings", { days: "2024-02-27" }, 1_000);
  assert.equal((await bed.row("SELECT count(*) AS n FROM journal WHERE at < '2024-02-28'"))["n"], 3n);
  bed.clock.advance(2 * 86_400_000);
  await until(bed, "SELECT count(*) AS n FROM journal WHERE at < '2024-02-28'", { n: 0n }, 1_000);
  await until(bed, "SELECT count(*) AS n FROM generations", { n: 0n }, 1_000);
  assert.deepEqual(await bed.row("SELECT requests, cost FROM usage_daily"), { requests: 1n, cost: 4n });
  assert.ok(looks.length > 0 && looks.every((found) => found === 0n));
  await bed.database.query("UPDATE router_accounts SET vault = vault + 5");
  const seen = looks.length;
  await until(bed, "SELECT true AS looked", { looked: true }, 60_000);
  const untilMs = systemClock.monotonic() + 10_000;
  while (looks.length === seen && systemClock.monotonic() < untilMs) await bed.row("SELECT 1");
  assert.equal(looks.at(-1), 5n);
});

for (const [what, change] of [
  ["the vault", "UPDATE router_accounts SET vault = vault - 5"],
  ["a user's available", "UPDATE users SET available = available + 5 WHERE available > 0"],
  ["a user's locked", "UPDATE users SET locked = locked + 5, available = available - 5 WHERE available > 0"],
  ["a user's payable", "UPDATE users SET payable = payable + 5 WHERE available > 0"],
  ["a provider's share", "UPDATE providers SET claimable = claimable + 5 WHERE id = (SELECT min(id) FROM providers)"],
] as const) {
  test(`the look at the balance sees 5 nano-USDC that ${what} has too many or too few`, async (t) => {
    const bed = await openLedgerBed(t);
    const who = await bed.addUser(1_000n);
    const lock = bed.lockOf(who, 10n);
    await bed.ledger.lock(lock);
    await bed.ledger.charge(bed.chargeOf(lock, 4n));
    await bed.ledger.lock(bed.lockOf(who, 10n));
    assert.deepEqual(await bed.row("SELECT ledger_imbalance() AS n"), { n: 0n });
    await bed.row(change);
    assert.deepEqual(await bed.row("SELECT ledger_imbalance() AS n"), { n: 5n });
  });
}
