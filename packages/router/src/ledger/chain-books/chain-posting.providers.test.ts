import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";

/** A provider who has earned 100 micro-USDC, of which the router keeps 10. */
async function openEarnings(t: TestContext): Promise<ChainBooks & { who: LedgerUser }> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(1_000n);
  await books.owe(who, books.provider, 100n);
  await books.cut([[who.user, books.provider]]);
  await books.observe(who.user, { slot: 200n, settled: 100n, settleSeq: 1n, feeBps: 1_000 });
  assert.equal(await books.observeProvider(books.provider, { slot: 200n, earned: 90n }), "posted");
  return { ...books, who };
}

async function surprises(books: ChainBooks): Promise<string[]> {
  const rows = await books.database.query<{ line: string }>(
    "SELECT concat_ws(' ', kind, amount) AS line FROM chain_surprises ORDER BY id",
  );
  return rows.map(({ line }) => line);
}

test("what a provider took by the chain alone comes from what it can claim, then from what waits for a withdrawal", async (t) => {
  const books = await openEarnings(t);
  const asked = await books.ask("provider", books.provider, 60n);
  assert.equal(asked.code, "requested");
  assert.equal(await books.observeProvider(books.provider, { withdrawn: 30n }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 60_000n });
  assert.equal(await books.observeProvider(books.provider, { withdrawn: 70n }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 20_000n });
  assert.deepEqual(await books.router(), { vault: 930_000n, fees: 10_000n });
  assert.deepEqual(await books.faults(), []);
  assert.equal(await books.observeProvider(books.provider, { withdrawn: 90n }), "posted");
  assert.ok("id" in asked);
  assert.equal(await books.withdrawals.expire(books.watcher, books.now(), asked.id, "expired"), true);
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("a withdrawal that landed together with an exit is confirmed, and the rest is the exit's", async (t) => {
  const books = await openEarnings(t);
  const asked = await books.ask("provider", books.provider, 60n);
  assert.equal(await books.observeProvider(books.provider, { withdrawn: 85n, withdrawSeq: 1n }), "posted");
  assert.ok("id" in asked);
  assert.equal((await books.withdrawals.find(asked.id))?.state, "confirmed");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 5_000n, withdrawing: 0n });
  assert.deepEqual(
    await books.database.query("SELECT event, amount FROM journal WHERE event IN (13, 18, 19) ORDER BY seq"),
    [
      { event: 13, amount: 60_000n },
      { event: 18, amount: 25_000n },
    ],
  );
  assert.deepEqual(await books.faults(), []);
});

test("what left before its earnings were posted waits for them", async (t) => {
  const books = await openEarnings(t);
  await books.owe(books.who, books.provider, 50n);
  await books.cut([[books.who.user, books.provider]]);
  assert.equal(await books.observeProvider(books.provider, { earned: 140n, withdrawn: 120n }), "waiting");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 0n });
  assert.deepEqual(await books.faults(), []);
  await books.observe(books.who.user, { settled: 150n, settleSeq: 2n, feeBps: 0 });
  assert.equal(await books.observeProvider(books.provider), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 20_000n, withdrawing: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("older looks change nothing, and neither does the same told again", async (t) => {
  const books = await openEarnings(t);
  await books.observeProvider(books.provider, { slot: 300n, withdrawn: 40n });
  assert.equal(await books.observeProvider(books.provider, { slot: 299n, withdrawn: 90n }), "old");
  assert.equal(await books.observeProvider(books.provider, { slot: 301n, withdrawn: 39n }), "old");
  assert.equal(await books.observeProvider(books.provider, { slot: 300n, withdrawn: 40n }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 50_000n, withdrawing: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("earnings that no entry brought are adopted only where that is asked for, and once", async (t) => {
  const books = await openEarnings(t);
  assert.equal(await books.observeProvider(books.provider, { earned: 95n }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 90_000n, withdrawing: 0n });
  assert.equal(await books.observeProvider(books.provider, { adopts: true }), "posted");
  assert.equal(await books.observeProvider(books.provider, { adopts: true }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 95_000n, withdrawing: 0n });
  assert.deepEqual(await surprises(books), ["earned elsewhere 5"]);
  assert.deepEqual(await books.faults(), []);
});

test("nothing is adopted while an entry is on its way that may have brought it", async (t) => {
  const books = await openEarnings(t);
  await books.owe(books.who, books.provider, 50n);
  await books.cut([[books.who.user, books.provider]]);
  assert.equal(await books.observeProvider(books.provider, { earned: 140n, adopts: true }), "waiting");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 90_000n, withdrawing: 0n });
  await books.observe(books.who.user, { settled: 150n, settleSeq: 2n, feeBps: 0 });
  assert.equal(await books.observeProvider(books.provider, { adopts: true }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 140_000n, withdrawing: 0n });
  assert.deepEqual(await surprises(books), []);
  assert.deepEqual(await books.faults(), []);
});

test("earnings that the chain gave to somebody else are taken back, from what can be claimed and what is held", async (t) => {
  const books = await openEarnings(t);
  await books.ask("provider", books.provider, 60n);
  assert.equal(await books.observeProvider(books.provider, { earned: 50n }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 30_000n, withdrawing: 60_000n });
  assert.equal(await books.observeProvider(books.provider, { adopts: true }), "posted");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 0n, withdrawing: 50_000n });
  assert.deepEqual(await surprises(books), ["earned less 40"]);
  assert.deepEqual(await books.faults(), []);
});

test("a look from before the last entry has less of course, and takes nothing back", async (t) => {
  const books = await openEarnings(t);
  await books.owe(books.who, books.provider, 50n);
  await books.cut([[books.who.user, books.provider]]);
  await books.observe(books.who.user, { slot: 300n, settled: 150n, settleSeq: 2n, feeBps: 0 });
  assert.equal(await books.observeProvider(books.provider, { slot: 299n, earned: 90n, adopts: true }), "waiting");
  assert.deepEqual(await books.earnings(books.provider), { claimable: 140_000n, withdrawing: 0n });
  assert.equal(await books.observeProvider(books.provider, { slot: 300n, earned: 140n, adopts: true }), "posted");
  assert.deepEqual(await surprises(books), []);
  assert.deepEqual(await books.faults(), []);
});

test("fees that are missing were collected", async (t) => {
  const books = await openEarnings(t);
  assert.equal(await books.observeFees(10n, { slot: 200n }), 0n);
  assert.equal(await books.observeFees(4n, { slot: 201n }), 6n);
  assert.equal(await books.observeFees(4n, { slot: 201n }), 0n);
  assert.deepEqual(await books.router(), { vault: 994_000n, fees: 4_000n });
  assert.deepEqual(await books.faults(), []);
});

test("a config from before the last fee, or from before the last look, says nothing", async (t) => {
  const books = await openEarnings(t);
  assert.equal(await books.observeFees(0n, { slot: 199n }), 0n, "the fee of slot 200 was not there yet");
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 10_000n });
  await books.observeFees(4n, { slot: 300n });
  assert.equal(await books.observeFees(0n, { slot: 299n }), 0n);
  assert.equal(await books.observeFees(9n, { slot: 299n, adopts: true }), 0n);
  assert.deepEqual(await books.router(), { vault: 994_000n, fees: 4_000n });
  assert.deepEqual(await books.faults(), []);
});

test("fees that no entry brought are adopted only where that is asked for, and nothing is on its way", async (t) => {
  const books = await openEarnings(t);
  assert.equal(await books.observeFees(12n), -2n);
  await books.owe(books.who, books.provider, 50n);
  await books.cut([[books.who.user, books.provider]]);
  assert.equal(await books.observeFees(12n, { adopts: true }), -2n);
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 10_000n });
  await books.observe(books.who.user, { settled: 150n, settleSeq: 2n, feeBps: 0 });
  assert.equal(await books.observeFees(12n, { adopts: true }), -2n);
  assert.equal(await books.observeFees(12n, { adopts: true }), 0n);
  assert.deepEqual(await books.router(), { vault: 1_002_000n, fees: 12_000n });
  assert.deepEqual(await surprises(books), ["fees from elsewhere 2"]);
  assert.deepEqual(await books.faults(), []);
});
