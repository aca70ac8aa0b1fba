import assert from "node:assert/strict";
import { test } from "node:test";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

test("a lock ends in one state, and what ended it first stands", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(10_000n);
  const charged = bed.lockOf(who, 100n);
  const released = bed.lockOf(who, 100n);
  const expired = bed.lockOf(who, 100n, { deadlineMs: bed.clock.now() });
  for (const lock of [charged, released, expired]) await bed.ledger.lock(lock);
  await bed.ledger.charge(bed.chargeOf(charged, 60n));
  await bed.ledger.charge(bed.chargeOf(released, 0n, { kind: "released" }));
  await bed.database.query("SELECT ledger_expire($1, 10)", [new Date(bed.clock.now())]);
  const outcomes = [];
  for (const lock of [charged, released, expired]) {
    for (const kind of ["charged", "released"] as const) {
      outcomes.push((await bed.ledger.charge(bed.chargeOf(lock, 50n, { kind }))).outcome);
    }
  }
  assert.deepEqual(outcomes, ["conflict", "conflict", "conflict", "repeated", "late", "conflict"]);
  assert.deepEqual(
    await Promise.all([charged, released, expired].map((lock) => bed.stateOf(lock))),
    ["c", "r", "x"],
    "a late charge does not change the state",
  );
  assert.deepEqual(await bed.balances(who.user), { available: 9_890n, locked: 0n, payable: 110n });
  assert.deepEqual(await bed.faults(), []);
});

test("a charge takes no more than its lock holds, and says what it took", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const locks = [bed.lockOf(who, 100n), bed.lockOf(who, 50n)];
  await Promise.all(locks.map((lock) => bed.ledger.lock(lock)));
  const charges = await Promise.all(locks.map((lock) => bed.ledger.charge(bed.chargeOf(lock, 100n))));
  assert.deepEqual(
    charges.map(({ cost }) => cost),
    [100n, 50n],
  );
  assert.deepEqual(await bed.row("SELECT sum(cost) AS cost FROM generations"), { cost: 150n });
  assert.deepEqual(await bed.balances(who.user), { available: 850n, locked: 0n, payable: 150n });
  assert.deepEqual(await bed.faults(), []);
});

test("a repeated charge with equal parameters is success, charges once and answers with the same cost", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 100n);
  await bed.ledger.lock(lock);
  const charge = bed.chargeOf(lock, 30n);
  const together = await Promise.all([bed.ledger.charge(charge), bed.ledger.charge(charge)]);
  assert.deepEqual(together.map(({ outcome }) => outcome).toSorted(), ["posted", "repeated"]);
  assert.deepEqual(
    together.map(({ cost }) => cost),
    [30n, 30n],
  );
  assert.deepEqual(await bed.ledger.charge(charge), { outcome: "repeated", cost: 30n });
  assert.equal((await bed.ledger.charge({ ...charge, amount: nanoUsdc(31n) })).outcome, "conflict");
  assert.deepEqual(await bed.row("SELECT count(*) AS n FROM generations"), { n: 1n });
  assert.deepEqual(await bed.faults(), []);
});

test("a charge of a request that was never locked, or of somebody else's, is unknown and moves nothing", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const other = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 100n);
  await bed.ledger.lock(lock);
  assert.equal((await bed.ledger.charge(bed.chargeOf(bed.lockOf(who, 5n), 5n))).outcome, "unknown");
  assert.equal((await bed.ledger.charge(bed.chargeOf({ ...lock, user: other.user }, 5n))).outcome, "unknown");
  assert.deepEqual(await bed.balances(other.user), { available: 1_000n, locked: 0n, payable: 0n });
  assert.equal(await bed.stateOf(lock), "o");
  assert.deepEqual(await bed.faults(), []);
});

test("a late charge takes at most what is lockable now, and the rest is recorded for the provider", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(100n);
  const late = bed.lockOf(who, 100n, { deadlineMs: bed.clock.now() });
  await bed.ledger.lock(late);
  await bed.database.query("SELECT ledger_expire($1, 10)", [new Date(bed.clock.now())]);
  await bed.ledger.lock(bed.lockOf(who, 70n));
  assert.deepEqual(await bed.ledger.charge(bed.chargeOf(late, 90n)), { outcome: "late", cost: 30n });
  assert.deepEqual(await bed.balances(who.user), { available: 0n, locked: 70n, payable: 30n });
  assert.deepEqual(await bed.row("SELECT reason, provider_id, amount FROM uncollected"), {
    reason: "late",
    provider_id: bed.provider,
    amount: 60n,
  });
  assert.deepEqual(await bed.ledger.charge(bed.chargeOf(late, 90n)), { outcome: "repeated", cost: 30n });
  assert.deepEqual(await bed.faults(), []);
});

test("a late charge is bounded by its key's limit and its parent's, and counts in the window it is posted in", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n, { spending_limit: 130 });
  const child = {
    user: who.user,
    key: await bed.addKey(who.user, {
      parent_id: who.key,
      secret_hash: Buffer.alloc(32, 1),
      spending_limit: 50,
      limit_reset: "daily",
    }),
  };
  const late = bed.lockOf(child, 40n, { deadlineMs: bed.clock.now() });
  await bed.ledger.lock(late);
  await bed.database.query("SELECT ledger_expire($1, 10)", [new Date(bed.clock.now())]);
  bed.clock.advance(24 * 3_600_000);
  assert.deepEqual(await bed.ledger.charge(bed.chargeOf(late, 40n)), { outcome: "late", cost: 40n });
  const { refusal } = await bed.ledger.lock(bed.lockOf(child, 11n));
  assert.deepEqual(
    [refusal?.reason, refusal && "remaining" in refusal && refusal.remaining],
    ["key_limit_exceeded", 10n],
    "today has 10 left of 50",
  );
  await bed.ledger.lock(bed.lockOf(who, 90n));
  assert.equal((await bed.ledger.lock(bed.lockOf(child, 1n))).refusal?.reason, "key_limit_exceeded", "parent: 40 + 90");
  assert.deepEqual(await bed.faults(), []);
});

test("an answer that is not charged is shown with cost 0, and a released request is not shown", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const [shown, hidden] = [bed.lockOf(who, 100n), bed.lockOf(who, 100n)];
  await Promise.all([shown, hidden].map((lock) => bed.ledger.lock(lock)));
  await bed.ledger.charge(
    bed.chargeOf(shown, 70n, { kind: "shown", unpaid: { reason: "no_usage", amount: nanoUsdc(0n) } }),
  );
  await bed.ledger.charge(bed.chargeOf(hidden, 70n, { kind: "released" }));
  assert.deepEqual(await bed.row("SELECT count(*) AS n, min(id::text) AS id, sum(cost) AS cost FROM generations"), {
    n: 1n,
    id: shown.id,
    cost: 0n,
  });
  assert.deepEqual(await bed.row("SELECT lock_id, reason, amount FROM uncollected"), {
    lock_id: shown.id,
    reason: "no_usage",
    amount: 0n,
  });
  assert.deepEqual(await bed.balances(who.user), { available: 1_000n, locked: 0n, payable: 0n });
  assert.deepEqual(await bed.faults(), []);
});

test("a charge pays the provider that answered, not the one the lock was taken for", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const second = await bed.addWallet();
  const lock = bed.lockOf(who, 100n);
  await bed.ledger.lock(lock);
  assert.equal(await bed.ledger.retry({ ...lock, attempt: 1, provider: second }), true);
  await bed.ledger.charge(bed.chargeOf(lock, 40n, { provider: second }));
  assert.deepEqual(await bed.row("SELECT provider_id, amount FROM payables"), { provider_id: second, amount: 40n });
  assert.equal(await bed.ledger.retry({ ...lock, attempt: 2 }), false, "an ended lock has no further attempt");
  assert.deepEqual(await bed.faults(), []);
});

test("absurd values reject their own charge and nobody else's", async (t) => {
  const bed = await openLedgerBed(t);
  const who = await bed.addUser(1_000n);
  const locks = Array.from({ length: 4 }, () => bed.lockOf(who, 100n));
  await Promise.all(locks.map((lock) => bed.ledger.lock(lock)));
  const [good, huge, tokens, negative] = locks.map((lock) => bed.chargeOf(lock, 10n));
  assert.ok(good && huge && tokens && negative);
  const answers = await Promise.allSettled([
    bed.ledger.charge({ ...huge, amount: nanoUsdc(2n ** 63n - 1n) }), // an amount, if an absurd one: its lock bounds it
    bed.ledger.charge({ ...tokens, usage: { ...tokens.usage, completionTokens: 2 ** 40 } }),
    bed.ledger.charge({ ...negative, durationMs: Number.NaN }),
    bed.ledger.charge(good),
    bed.ledger.lock(bed.lockOf(who, 2n ** 63n - 1n)),
    bed.ledger.lock(bed.lockOf(who, 100n, { imageCount: 70_000 })),
    bed.ledger.lock(bed.lockOf(who, 100n)),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ["fulfilled", "rejected", "rejected", "fulfilled", "fulfilled", "rejected", "fulfilled"],
  );
  assert.deepEqual(await bed.balances(who.user), { available: 590n, locked: 300n, payable: 110n });
  assert.deepEqual(bed.refused, [], "what cannot be stored is turned away before it reaches a batch");
  assert.deepEqual(await bed.faults(), []);
});
