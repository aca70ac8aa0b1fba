import assert from "node:assert/strict";
import { test } from "node:test";
import type { LedgerBed, LedgerUser } from "../test-bed/ledger-bed.ts";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";

const WIDE = 1_000_000n;
type Rates = readonly [bigint, bigint, bigint, bigint, bigint, bigint];
const KEY_REQUESTS: Rates = [2n, WIDE, WIDE, WIDE, WIDE, WIDE];
const KEY_TOKENS: Rates = [WIDE, 1_000n, WIDE, WIDE, WIDE, WIDE];
const WALLET_REQUESTS: Rates = [WIDE, WIDE, 2n, WIDE, WIDE, WIDE];
const WALLET_TOKENS: Rates = [WIDE, WIDE, WIDE, 1_000n, WIDE, WIDE];
const KEY_RUNNING: Rates = [WIDE, WIDE, WIDE, WIDE, 2n, WIDE];
const WALLET_RUNNING: Rates = [WIDE, WIDE, WIDE, WIDE, WIDE, 2n];

async function reasons(bed: LedgerBed, keys: readonly LedgerUser[], tokens = 100): Promise<unknown[]> {
  const answers = await Promise.all(keys.map((key) => bed.ledger.lock(bed.lockOf(key, 1n, { tokens }))));
  return answers.map(({ refusal }) => refusal ?? "granted");
}

test("a key has so many requests in a minute, and all of them again at the minute's edge", async (t) => {
  const bed = await openLedgerBed(t, KEY_REQUESTS);
  const who = await bed.addUser(1_000n);
  bed.clock.advance(60_000 - (bed.clock.now() % 60_000) - 1);
  const refused = { reason: "rate_limited", subject: "key", what: "requests" };
  assert.deepEqual(await reasons(bed, [who, who, who]), ["granted", "granted", refused]);
  bed.clock.advance(1);
  assert.deepEqual(await reasons(bed, [who, who, who]), ["granted", "granted", refused]);
});

test("another key of the same wallet has a minute of its own, and the wallet's counts for both", async (t) => {
  const bed = await openLedgerBed(t, WALLET_REQUESTS);
  const who = await bed.addUser(1_000n);
  const second = { user: who.user, key: await bed.addKey(who.user) };
  const refused = { reason: "rate_limited", subject: "wallet", what: "requests" };
  assert.deepEqual(await reasons(bed, [who, second, who, second]), ["granted", "granted", refused, refused]);
  assert.deepEqual(await reasons(bed, [await bed.addUser(10n)]), ["granted"]);
});

for (const [subject, rates] of [
  ["key", KEY_TOKENS],
  ["wallet", WALLET_TOKENS],
] as const) {
  test(`tokens of a ${subject} are reserved at admission and corrected when the answer has ended`, async (t) => {
    const bed = await openLedgerBed(t, rates);
    const who = await bed.addUser(1_000n);
    const refused = { reason: "rate_limited", subject, what: "tokens" };
    const lock = bed.lockOf(who, 1n, { tokens: 700 });
    const { rate } = await bed.ledger.lock(lock);
    assert.deepEqual(rate, { requests: 1n, tokens: 700n });
    assert.deepEqual(await reasons(bed, [who], 301), [refused]);
    await bed.ledger.charge(bed.chargeOf(lock, 1n, { usage: { ...NO_USAGE, promptTokens: 40, completionTokens: 60 } }));
    assert.deepEqual(await reasons(bed, [who], 901), [refused], "100 were used");
    assert.deepEqual(await reasons(bed, [who], 900), ["granted"]);
  });
}

test("tokens given back after the minute's edge do not enlarge the next minute", async (t) => {
  const bed = await openLedgerBed(t, KEY_TOKENS);
  const who = await bed.addUser(1_000n);
  const lock = bed.lockOf(who, 1n, { tokens: 1_000 });
  await bed.ledger.lock(lock);
  bed.clock.advance(60_000);
  assert.deepEqual(await reasons(bed, [who], 600), ["granted"]);
  await bed.ledger.charge(bed.chargeOf(lock, 0n, { kind: "released" }));
  assert.deepEqual(await reasons(bed, [who], 401), [{ reason: "rate_limited", subject: "key", what: "tokens" }]);
});

for (const [subject, rates] of [
  ["key", KEY_RUNNING],
  ["wallet", WALLET_RUNNING],
] as const) {
  test(`a ${subject} runs so many requests at once, and one more when one has ended`, async (t) => {
    const bed = await openLedgerBed(t, rates);
    const who = await bed.addUser(1_000n);
    const first = bed.lockOf(who, 1n);
    await bed.ledger.lock(first);
    const refused = { reason: "too_many_concurrent", subject };
    assert.deepEqual(await reasons(bed, [who, who]), ["granted", refused]);
    bed.clock.advance(3_600_000);
    assert.deepEqual(await reasons(bed, [who]), [refused], "time alone ends nothing");
    await bed.ledger.charge(bed.chargeOf(first, 1n));
    assert.deepEqual(await reasons(bed, [who]), ["granted"]);
  });
}

test("two instances share the counts", async (t) => {
  const bed = await openLedgerBed(t, KEY_REQUESTS);
  const who = await bed.addUser(1_000n);
  const { ledger: second } = await bed.another();
  const answers = await Promise.all(
    [bed.ledger, second, bed.ledger, second].map((ledger) => ledger.lock(bed.lockOf(who, 1n))),
  );
  assert.equal(answers.filter(({ granted }) => granted !== undefined).length, 2);
});

test("a refused request uses nothing of the minute", async (t) => {
  const bed = await openLedgerBed(t, KEY_REQUESTS);
  const who = await bed.addUser(10n);
  for (let tries = 0; tries < 5; tries += 1) {
    const { refusal, rate } = await bed.ledger.lock(bed.lockOf(who, 11n));
    assert.equal(refusal?.reason, "insufficient_balance");
    assert.deepEqual(rate, { requests: 0n, tokens: 0n });
  }
  assert.deepEqual(await reasons(bed, [who, who]), ["granted", "granted"]);
});
