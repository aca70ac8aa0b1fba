import assert from "node:assert/strict";
import { test } from "node:test";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

const claim = (key: number, body: number) => ({
  idempotency: { keyHash: Buffer.alloc(32, key), bodyHash: Buffer.alloc(32, body) },
});
const DAY_MS = 24 * 3_600_000;

test("a second request with the same idempotency key is refused while the first runs, also in the same batch", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const first = bed.lockOf(who, 10n, claim(1, 1));
  const answers = await Promise.all([bed.ledger.lock(first), bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 1)))]);
  assert.equal(answers[0].granted, 10n);
  assert.deepEqual(answers[1].refusal, { reason: "in_progress", id: first.id });
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 1)))).refusal, {
    reason: "in_progress",
    id: first.id,
  });
  assert.equal(
    (await bed.ledger.lock(bed.lockOf(who, 10n, claim(2, 1)))).granted,
    10n,
    "another key is another request",
  );
  const other = { user: who.user, key: await bed.addKey(who.user) };
  assert.equal((await bed.ledger.lock(bed.lockOf(other, 10n, claim(1, 1)))).granted, 10n, "API keys do not share them");
  assert.deepEqual(await bed.faults(), []);
});

test("once answered it is refused with the generation and its cost, without being charged again", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const first = bed.lockOf(who, 10n, claim(1, 1));
  await bed.ledger.lock(first);
  await bed.ledger.charge(bed.chargeOf(first, 7n));
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 1)))).refusal, {
    reason: "already_answered",
    id: first.id,
    cost: 7n,
  });
  assert.deepEqual(await bed.balances(who.user), { available: 993n, locked: 0n, payable: 7n });
});

test("after a request that nobody was charged for, the same key runs again", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const failed = bed.lockOf(who, 10n, claim(1, 1));
  await bed.ledger.lock(failed);
  await bed.ledger.charge(bed.chargeOf(failed, 0n, { kind: "released" }));
  const again = bed.lockOf(who, 10n, claim(1, 1));
  assert.equal((await bed.ledger.lock(again)).granted, 10n);
  await bed.ledger.charge(bed.chargeOf(again, 3n));
  const { refusal } = await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 1)));
  assert.deepEqual(refusal, { reason: "already_answered", id: again.id, cost: 3n });
});

test("a refused request leaves no claim", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10n);
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 11n, claim(1, 1)))).refusal?.reason, "insufficient_balance");
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 2)))).granted, 10n);
});

test("the same key with another body is a mismatch, running or answered", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const first = bed.lockOf(who, 10n, claim(1, 1));
  await bed.ledger.lock(first);
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 2)))).refusal, {
    reason: "idempotency_mismatch",
  });
  await bed.ledger.charge(bed.chargeOf(first, 7n));
  assert.deepEqual((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 2)))).refusal, {
    reason: "idempotency_mismatch",
  });
});

test("a claim holds for 24 hours to the millisecond", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const first = bed.lockOf(who, 10n, claim(1, 1));
  await bed.ledger.lock(first);
  await bed.ledger.charge(bed.chargeOf(first, 7n));
  bed.clock.advance(DAY_MS - 1);
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 1)))).refusal?.reason, "already_answered");
  bed.clock.advance(1);
  assert.equal((await bed.ledger.lock(bed.lockOf(who, 10n, claim(1, 2)))).granted, 10n);
});
