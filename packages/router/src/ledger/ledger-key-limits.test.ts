import assert from "node:assert/strict";
import { test } from "node:test";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

const limitLeft = (remaining: bigint, resetsAt?: Date): object => ({
  reason: "key_limit_exceeded",
  remaining,
  resetsAt,
});
const SECRET = { secret_hash: Buffer.alloc(32, 7) };

test("a key's limit counts what is locked and what was charged for its whole life, and only what is given back comes back", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10_000n, { spending_limit: 100 });
  const first = bed.lockOf(who, 60n);
  await bed.ledger.lock(first);
  const over = await bed.ledger.lock(bed.lockOf(who, 41n));
  assert.deepEqual(over.refusal, limitLeft(40n));
  await bed.ledger.charge(bed.chargeOf(first, 25n));
  bed.clock.advance(400 * 24 * 3_600_000);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 76n))).refusal, limitLeft(75n));
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 75n))).granted, 75n);
  assert.deepEqual(await bed.faults(), []);
});

const EDGES = [
  { reset: "daily", edge: "2026-11-26T00:00:00.000Z", next: "2026-11-27" },
  { reset: "weekly", edge: "2026-11-30T00:00:00.000Z", next: "2026-12-07" }, // a Monday
  { reset: "monthly", edge: "2026-12-01T00:00:00.000Z", next: "2027-01-01" },
  { reset: "monthly", edge: "2027-03-01T00:00:00.000Z", next: "2027-04-01" },
  { reset: "weekly", edge: "2027-01-04T00:00:00.000Z", next: "2027-01-11" }, // across a year
];

for (const { reset, edge, next } of EDGES) {
  test(`a ${reset} limit starts anew at ${edge} to the millisecond, and refunds go to the window of their lock only`, async (t) => {
    const bed = await openLedgerBed(t);
    const who = await bed.addUser(10_000n, { ...SECRET, spending_limit: 100, limit_reset: reset });
    bed.clock.advance(Date.parse(edge) - 1 - bed.clock.now());
    const before = bed.lockOf(who, 100n);
    assert.equal((await bed.ledger.lock(before)).granted, 100n);
    assert.equal((await bed.ledger.lock(bed.lockOf(who, 1n))).refusal?.reason, "key_limit_exceeded", "at −1 ms");
    bed.clock.advance(1);
    const after = bed.lockOf(who, 70n);
    assert.equal((await bed.ledger.lock(after)).granted, 70n, "at 0 ms");
    await bed.ledger.charge(bed.chargeOf(before, 10n));
    const { refusal } = await bed.ledger.lock(bed.lockOf(who, 31n));
    assert.deepEqual(refusal, limitLeft(30n, new Date(next)), "the old window's 90 stay there");
    bed.clock.advance(1);
    await bed.ledger.charge(bed.chargeOf(after, 20n));
    assert.equal((await bed.ledger.lock(bed.lockOf(who, 80n))).granted, 80n, "at +1 ms: 100 − 20");
    assert.equal((await bed.ledger.lock(bed.lockOf(who, 1n))).refusal?.reason, "key_limit_exceeded");
    assert.deepEqual(await bed.faults(), []);
  });
}

test("a router whose clock is behind the edge does not bring the old window back", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10_000n, { ...SECRET, spending_limit: 100, limit_reset: "daily" });
  const edgeMs = Date.parse("2026-11-26T00:00:00.000Z");
  bed.clock.advance(edgeMs - 10 - bed.clock.now());
  const rates = [9_999n, 9_999n, 9_999n, 9_999n, 9_999n, 9_999n];
  const lockLeft = async (nowMs: number): Promise<unknown> =>
    (
      await bed.row(
        `SELECT code, granted FROM ledger_lock_one($1, 1, $2, $3, $4, $5, $6, $7, $8, 60, 60, 1, $1, 1, 1, 0::smallint, false, NULL, NULL)`,
        [new Date(nowMs), rates, bed.id(), who.user, who.key, bed.provider, bed.model, bed.price],
      )
    )["granted"];
  assert.equal(await lockLeft(edgeMs + 5), 60n);
  assert.equal(await lockLeft(edgeMs - 5), null, "the new day has 40 left, whoever asks");
  assert.equal(await lockLeft(edgeMs + 6), null);
});

test("an issued key spends from its parent's limit too, and its refunds go back there", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10_000n, { spending_limit: 100 });
  const child = {
    user: who.user,
    key: await bed.addKey(who.user, { ...SECRET, parent_id: who.key, spending_limit: 80 }),
  };
  const lock = bed.lockOf(child, 70n);
  await bed.ledger.lock(lock);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 31n))).refusal, limitLeft(30n));
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(child, 11n))).refusal, limitLeft(10n));
  await bed.ledger.charge(bed.chargeOf(lock, 20n));
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 80n))).granted, 80n);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(child, 1n))).refusal, limitLeft(0n));
  assert.deepEqual(await bed.faults(), []);
});

const FAULTS = [
  { columns: { is_disabled: true }, reason: "key_disabled" },
  { columns: { is_earn_only: true }, reason: "earn_only_key" },
  { columns: { revoked_at: new Date(5) }, reason: "key_revoked" },
  { columns: { expires_at: new Date(5) }, reason: "key_expired" },
];

for (const { columns, reason } of FAULTS) {
  test(`${reason}: no request is locked with such a key, nor with a child of one, not even a free one`, async (t) => {
    const bed = await openLedgerBed(t);
    const who = await bed.addUser(1_000n, columns);
    const child = { user: who.user, key: await bed.addKey(who.user, { ...SECRET, parent_id: who.key }) };
    const answers = await Promise.all(
      [who, child].flatMap((key) => [0n, 1n].map((amount) => bed.ledger.lock(bed.lockOf(key, amount)))),
    );
    assert.deepEqual(
      answers.map(({ refusal }) => refusal?.reason),
      [reason, reason, reason, reason],
    );
    assert.deepEqual(await bed.balances(who.user), { available: 1_000n, locked: 0n, payable: 0n });
  });
}

test("a key locks until the millisecond it expires at", async (t) => {
  const bed = await openLedgerBed(t);
  const at = new Date(bed.clock.now() + 1);
  const who = await bed.addUser(1_000n, { expires_at: at });
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 1n))).granted, 1n);
  bed.clock.advance(1);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 1n))).refusal, { reason: "key_expired", at });
});

test("a key with allowed models locks for those only", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n, { ...SECRET, allowed_models: ["acme/model"] });
  const other = await bed.ledger.numbers.model("acme/other");
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 1n))).granted, 1n);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 1n, { model: other }))).refusal, {
    reason: "model_not_allowed",
  });
});
