import assert from "node:assert/strict";
import { test } from "node:test";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { LEDGER_BATCH_MAX, LEDGER_LOCKS_WAITING_MAX } from "./limits.ts";
import type { LedgerBed } from "../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import type { Database, Statement } from "./database/database.ts";

const KILL_ROUTERS = `SELECT count(pg_terminate_backend(pid)) AS n FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%ledger_post%'`;

/** Keeps a user's row, so that a batch with it stands still, until the returned function is called. */
async function holdUser({ database }: LedgerBed, user: number): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const done = database.transaction(async (query) => {
    await query("SELECT ledger_hold_users(ARRAY[$1::integer])", [user]);
    held.resolve();
    await release.promise;
  });
  await held.promise;
  return async () => {
    release.resolve();
    await done;
  };
}

/** Waits until a batch stands at a row that somebody keeps. */
async function batchStands({ row }: LedgerBed): Promise<void> {
  const waiting =
    "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  while ((await row(waiting))["n"] === 0n);
}

test("what gathers while a batch is under way goes in the next one, at most so many at once", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000_000n);
  const locks = Array.from({ length: LEDGER_BATCH_MAX + 10 }, () => bed.lockOf(who, 1n));
  await Promise.all(locks.map((lock) => bed.ledger.lock(lock)));
  assert.deepEqual(bed.batchSizes, [LEDGER_BATCH_MAX, 10]);
  await Promise.all(locks.map((lock) => bed.ledger.charge(bed.chargeOf(lock, 1n))));
  assert.deepEqual(bed.batchSizes.slice(2), [LEDGER_BATCH_MAX, 10]);
  assert.deepEqual(await bed.faults(), []);
});

test("what a charge gives back may be locked in the same batch", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(100n);
  const first = bed.lockOf(who, 100n);
  await bed.ledger.lock(first);
  const [next] = await Promise.all([
    bed.ledger.lock(bed.lockOf(who, 90n)),
    bed.ledger.charge(bed.chargeOf(first, 10n)),
  ]);
  assert.equal(next.granted, 90n);
  assert.equal(bed.batchSizes.at(-1), 2);
});

test("a full queue says overloaded at once, and what it holds is served", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000_000n);
  const release = await holdUser(bed, who.user);
  const first = bed.ledger.lock(bed.lockOf(who, 1n));
  await batchStands(bed);
  const waiting = Array.from({ length: LEDGER_LOCKS_WAITING_MAX }, () => bed.ledger.lock(bed.lockOf(who, 1n)));
  await assert.rejects(bed.ledger.lock(bed.lockOf(who, 1n)), { code: "overloaded" });
  await release();
  await Promise.all([first, ...waiting]);
  assert.deepEqual(await bed.balances(who.user), { available: 995_903n, locked: 4_097n, payable: 0n });
});

test("a connection that breaks mid-batch refuses its locks and releases them, and posts its charges exactly once", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const running = Array.from({ length: 3 }, () => bed.lockOf(who, 100n));
  await Promise.all(running.map((lock) => bed.ledger.lock(lock)));
  const release = await holdUser(bed, who.user);
  const charges = running.map((lock) => bed.ledger.charge(bed.chargeOf(lock, 40n)));
  const unlucky = bed.lockOf(who, 50n);
  const refused = assert.rejects(bed.ledger.lock(unlucky), { code: "ledger_unavailable" });
  await batchStands(bed);
  assert.deepEqual(await bed.row(KILL_ROUTERS), { n: 1n });
  await refused;
  assert.equal(bed.ledger.chargesWaiting, 4, "three charges, and the release of the lock");
  await release();
  const outcomes = (await Promise.all(charges)).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ["posted", "posted", "posted"]);
  await bed.ledger.settle(5_000);
  assert.equal(bed.ledger.chargesWaiting, 0);
  assert.notEqual(await bed.stateOf(unlucky), "o");
  assert.deepEqual(await bed.balances(who.user), { available: 880n, locked: 0n, payable: 120n });
  assert.deepEqual(await bed.faults(), []);
});

test("a lock that was committed although its reply was lost is released again", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  let losses = 1;
  const losing: Database = {
    ...bed.database,
    async connect() {
      const connection = await bed.database.connect();
      return {
        ...connection,
        async query<Row>(statement: Statement) {
          const rows = await connection.query<Row>(statement);
          losses -= 1;
          if (losses >= 0) throw new AimoError("ledger_unavailable", {});
          return rows;
        },
      };
    },
  };
  const { ledger } = await bed.another(undefined, losing);
  const lost = bed.lockOf(who, 50n);
  await assert.rejects(ledger.lock(lost), { code: "ledger_unavailable" });
  await ledger.settle(5_000);
  assert.equal(await bed.stateOf(lost), "r");
  losses = 1;
  const kept = bed.lockOf(who, 50n);
  await bed.ledger.lock(kept);
  const charge = await ledger.charge(bed.chargeOf(kept, 20n)); // committed, lost, and posted again
  assert.deepEqual(charge, { outcome: "repeated", cost: 20n });
  assert.deepEqual(await bed.balances(who.user), { available: 980n, locked: 0n, payable: 20n });
  assert.deepEqual(await bed.faults(), []);
});

test("batches are posted where one plan, of nested loops, stays for the life of the connection", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(100n);
  const names = ["plan_cache_mode", "enable_seqscan", "enable_hashjoin", "enable_mergejoin", "jit"];
  const text = `SELECT current_setting(name) AS value FROM unnest($1::text[]) name`;
  let found: readonly unknown[] = [];
  const watched: Database = {
    ...bed.database,
    async connect(settings) {
      const connection = await bed.database.connect(settings);
      found = (await connection.query<{ value: string }>({ text, values: [names] })).map(({ value }) => value);
      return connection;
    },
  };
  const { ledger } = await bed.another(undefined, watched);
  await ledger.lock(bed.lockOf(who, 50n));
  assert.deepEqual(found, ["force_generic_plan", "off", "off", "off", "off"]);
});

test("a batch that the database refuses goes row by row, and only what is wrong is rejected", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const [good, bad] = [bed.lockOf(who, 100n), bed.lockOf(who, 100n)];
  await Promise.all([good, bad].map((lock) => bed.ledger.lock(lock)));
  const unpaid = { reason: "no_usage", amount: bed.lockOf(who, 0n).full };
  const answers = await Promise.allSettled([
    bed.ledger.charge(bed.chargeOf(good, 10n)),
    bed.ledger.charge(bed.chargeOf(bad, 10n, { provider: 999_999, unpaid })), // no such provider
    bed.ledger.lock(bed.lockOf(who, 200n)),
  ]);
  assert.deepEqual(
    answers.map((answer) => (answer.status === "fulfilled" ? "fulfilled" : isAimoError(answer.reason, "internal"))),
    ["fulfilled", true, "fulfilled"],
  );
  assert.deepEqual(bed.refused, ["23503"]);
  assert.equal(await bed.stateOf(bad), "o", "it expires later");
  assert.deepEqual(await bed.balances(who.user), { available: 690n, locked: 300n, payable: 10n });
  assert.deepEqual(await bed.faults(), []);
});

test("a closed ledger takes no more locks", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const { ledger } = await bed.another();
  await ledger.lock(bed.lockOf(who, 1n));
  await ledger.close();
  await assert.rejects(ledger.lock(bed.lockOf(who, 1n)), { code: "draining" });
});
