import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { LedgerBed, LedgerUser } from "../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import type { ChargeCommand, LockCommand, LockResult } from "./commands.ts";
import type { Ledger } from "./ledger.ts";

const REQUESTS = 1_000;
const CEILING = 100n;
// How long two routers run against each other: a second in the suite, a minute for whoever wants to be sure.
const LOAD_MS = Number(process.env["AIMO_LEDGER_LOAD_MS"] ?? 1_500);

/** Every request locks its whole ceiling and, where it may, is charged all of it. */
async function spend(bed: LedgerBed, who: LedgerUser, ledgers: readonly Ledger[]): Promise<LockResult[]> {
  return Promise.all(
    Array.from({ length: REQUESTS }, async (_, index) => {
      const ledger = ledgers[index % ledgers.length];
      assert.ok(ledger);
      const lock = bed.lockOf(who, CEILING);
      const result = await ledger.lock(lock);
      if (result.granted !== undefined) await ledger.charge(bed.chargeOf(lock, CEILING));
      return result;
    }),
  );
}

const BALANCE = { what: "a balance", deposit: 10n * CEILING, columns: {}, reason: "insufficient_balance", left: 0n };
const LIMIT = {
  what: "a key limit",
  deposit: 2_000n * CEILING, // all of them, were it not for the key
  columns: { spending_limit: 10n * CEILING },
  reason: "key_limit_exceeded",
  left: 1_990n * CEILING,
};

for (const { what, deposit, columns, reason, left } of [BALANCE, LIMIT]) {
  for (const routers of [1, 2]) {
    test(`of 1,000 requests at once on ${what} that pays for exactly 10, exactly 10 are granted by ${routers} router(s)`, async (t) => {
      const bed = await openLedgerBed(t);
      const who = await bed.addUser(deposit, columns);
      const second = await bed.another();
      const results = await spend(bed, who, [bed.ledger, second.ledger].slice(0, routers));
      assert.equal(results.filter(({ granted }) => granted === CEILING).length, 10);
      assert.equal(results.filter(({ refusal }) => refusal?.reason === reason).length, REQUESTS - 10);
      assert.deepEqual(await bed.balances(who.user), { available: left, locked: 0n, payable: 10n * CEILING });
      assert.deepEqual([...bed.refused, ...second.refused], []);
      assert.deepEqual(await bed.faults(), []);
    });
  }
}

/** One client after the other: locks, and ends what it locked in one of the ways there are. */
async function load(bed: LedgerBed, ledger: Ledger, users: readonly LedgerUser[], untilMs: number): Promise<number> {
  const ends: ((lock: LockCommand) => ChargeCommand | undefined)[] = [
    (lock) => bed.chargeOf(lock, lock.full),
    (lock) => bed.chargeOf(lock, lock.full / 2n),
    (lock) => bed.chargeOf(lock, 0n, { kind: "released" }),
    (lock) => bed.chargeOf(lock, 0n, { kind: "shown" }),
    () => undefined, // its router died: it expires
  ];
  let requests = 0;
  const client = async (first: number): Promise<void> => {
    for (let turn = first; systemClock.monotonic() < untilMs; turn += 7) {
      const who = users[turn % users.length];
      const end = ends[turn % ends.length];
      assert.ok(who && end);
      const lock = bed.lockOf(who, BigInt(turn % 50), { deadlineMs: bed.clock.now() });
      const { granted } = await ledger.lock(lock);
      requests += 1;
      const charge = granted === undefined ? undefined : end(lock);
      if (charge !== undefined) await ledger.charge(charge);
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, index) => client(index)));
  return requests;
}

test("two routers with the same users, a sweeper and new partitions never wait for each other in a ring", async (t) => {
  const bed = await openLedgerBed(t);
  const second = await bed.another();
  const users: LedgerUser[] = [];
  for (let count = 0; count < 40; count += 1) {
    const who = await bed.addUser(count % 4 === 0 ? 200n : 1_000_000n, count % 5 === 0 ? { spending_limit: 900 } : {});
    const secret = { parent_id: who.key, secret_hash: Buffer.alloc(32, count) };
    users.push(who, { user: who.user, key: await bed.addKey(who.user, secret) });
  }
  const untilMs = systemClock.monotonic() + LOAD_MS;
  const sweeping = (async () => {
    for (let day = 0; systemClock.monotonic() < untilMs; day += 1) {
      await bed.row("SELECT ledger_expire($1, 50)", [new Date(bed.clock.now())]);
      const making = bed.row("SELECT ledger_make_partitions($1, $2::date, 1)", [
        ["journal", "generations"][day % 2],
        new Date(bed.clock.now() + 86_400_000 * (2 + (day % 500))),
      ]);
      await making.catch((error: unknown) => assert.ok(isAimoError(error, "ledger_unavailable"))); // it gives up soon
    }
  })();
  const requests = await Promise.all([
    load(bed, bed.ledger, users, untilMs),
    load(bed, second.ledger, users.toReversed(), untilMs),
  ]);
  await sweeping;
  assert.ok(
    requests.every((count) => count > 100),
    `both worked: ${requests.join(" and ")} requests`,
  );
  assert.deepEqual([...bed.refused, ...second.refused], [], "no batch was refused: 0 × 40P01");
  const deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
  assert.deepEqual(await bed.row(deadlocks), { deadlocks: 0n });
  assert.deepEqual(await bed.faults(), []);
});
