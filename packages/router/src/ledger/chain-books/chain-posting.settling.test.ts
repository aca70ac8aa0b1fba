import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";

/** A user with 1,000 micro-USDC, who owes 100, 200 and 300 to three providers, on their way as entries 1, 2 and 3. */
async function openFlight(
  t: TestContext,
): Promise<ChainBooks & { who: LedgerUser; providers: readonly number[]; flight: bigint }> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(1_000n);
  const providers = [books.provider, await books.addWallet(), await books.addWallet()];
  for (const [place, provider] of providers.entries()) await books.owe(who, provider, BigInt(place + 1) * 100n);
  const flight = await books.cut(providers.map((provider) => [who.user, provider]));
  assert.ok(flight);
  await books.send(flight);
  return { ...books, who, providers, flight };
}

type Flight = Awaited<ReturnType<typeof openFlight>>;

/** Keeps what the transaction logged for its entries, in order. */
async function log(books: Flight, said: readonly [bigint, bigint][]): Promise<void> {
  const { entries } = await books.batch(books.flight);
  const lines = said.map(([applied, fee], place) => ({
    id: entries[place]?.id ?? 0n,
    applied: microUsdc(applied),
    fee: microUsdc(fee),
  }));
  await books.settlement.logged(books.settler, books.flight, 200n, lines);
}

async function claimables({ earnings, providers }: Flight): Promise<bigint[]> {
  const all = await Promise.all(providers.map((provider) => earnings(provider)));
  return all.map(({ claimable }) => claimable / 1000n);
}

async function surprises(books: ChainBooks): Promise<string[]> {
  const rows = await books.database.query<{ line: string }>(
    "SELECT concat_ws(' ', kind, amount) AS line FROM chain_surprises ORDER BY id",
  );
  return rows.map(({ line }) => line);
}

const stateOf = async ({ row }: ChainBooks, batch: bigint) =>
  (await row("SELECT state FROM settle_batches WHERE id = $1", [batch]))["state"];

test("entries that were applied whole are posted without a log, each with its own fee, rounded down", async (t) => {
  const books = await openFlight(t);
  assert.equal(await books.observe(books.who.user, { settled: 600n, settleSeq: 3n, feeBps: 199 }), "posted");
  assert.deepEqual(await claimables(books), [99n, 197n, 295n]);
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 9_000n });
  assert.deepEqual(await books.balances(books.who.user), {
    available: 400_000n,
    locked: 0n,
    withdrawing: 0n,
    payable: 0n,
  });
  assert.equal(await stateOf(books, books.flight), "landed");
  assert.deepEqual(await surprises(books), []);
  assert.deepEqual(await books.faults(), []);
});

test("entries of which nothing was applied need no log: all goes back, and is recorded for the providers", async (t) => {
  const books = await openFlight(t);
  assert.equal(await books.observe(books.who.user, { settleSeq: 3n }), "posted");
  assert.deepEqual(await claimables(books), [0n, 0n, 0n]);
  assert.equal((await books.balances(books.who.user)).available, 1_000_000n);
  assert.deepEqual(
    await books.database.query("SELECT reason, provider_id, amount FROM uncollected ORDER BY provider_id"),
    books.providers.map((provider_id, place) => ({
      reason: "shortfall",
      provider_id,
      amount: BigInt(place + 1) * 100_000n,
    })),
  );
  assert.deepEqual(await books.faults(), []);
});

test("where several entries were cut short the log says which, and it is waited for", async (t) => {
  const books = await openFlight(t);
  const seen = { settled: 400n, settleSeq: 3n };
  assert.equal(await books.observe(books.who.user, seen), "waiting");
  assert.deepEqual(await claimables(books), [0n, 0n, 0n]);
  assert.deepEqual(await books.faults(), []);
  await log(books, [
    [100n, 2n],
    [0n, 0n],
    [300n, 7n],
  ]);
  assert.equal(await books.observe(books.who.user), "posted");
  assert.deepEqual(await claimables(books), [98n, 0n, 293n]);
  assert.deepEqual(await books.balances(books.who.user), {
    available: 600_000n,
    locked: 0n,
    withdrawing: 0n,
    payable: 0n,
  });
  assert.deepEqual(await books.faults(), []);
});

test("when patience is over, what was applied is filled in by the order of the numbers", async (t) => {
  const books = await openFlight(t);
  const seen = { settled: 250n, settleSeq: 3n };
  assert.equal(await books.observe(books.who.user, seen), "waiting");
  assert.equal(await books.observe(books.who.user, { isPatient: false }), "posted");
  assert.deepEqual(await claimables(books), [98n, 147n, 0n]);
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 5_000n });
  assert.deepEqual(await books.faults(), []);
});

test("what was filled in wrongly is put right from the providers' own totals", async (t) => {
  const books = await openFlight(t);
  const [first = 0, second = 0, third = 0] = books.providers;
  await books.observe(books.who.user, { settled: 250n, settleSeq: 3n, feeBps: 0, isPatient: false });
  assert.deepEqual(await claimables(books), [100n, 150n, 0n]);
  const slot = books.slot();
  for (const [provider, earned] of [
    [first, 100n],
    [second, 0n],
    [third, 150n],
  ] as const) {
    assert.equal(await books.observeProvider(provider, { slot, earned, adopts: true }), "posted");
  }
  assert.deepEqual(await claimables(books), [100n, 0n, 150n]);
  assert.deepEqual(await surprises(books), ["earned less 150", "earned elsewhere 150"]);
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("one entry that was cut short needs no log: the rest goes back to the user", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 60n, 5n);
  await books.cut([[who.user, books.provider]]);
  assert.equal(await books.observe(who.user, { settled: 20n, settleSeq: 1n, feeBps: 500 }), "posted");
  assert.deepEqual(await books.balances(who.user), { available: 79_995n, locked: 0n, withdrawing: 0n, payable: 5n });
  assert.deepEqual(await books.earnings(books.provider), { claimable: 19_000n, withdrawing: 0n });
  assert.deepEqual(await books.row("SELECT reason, amount FROM uncollected"), { reason: "shortfall", amount: 40_000n });
  assert.deepEqual(await books.faults(), []);
});

test("where the fee may have changed the log is waited for, and followed", async (t) => {
  const books = await openFlight(t);
  assert.equal(await books.observe(books.who.user, { settled: 600n, settleSeq: 3n, feeBps: undefined }), "waiting");
  await log(books, [
    [100n, 5n],
    [200n, 10n],
    [300n, 15n],
  ]);
  assert.equal(await books.observe(books.who.user), "posted");
  assert.deepEqual(await claimables(books), [95n, 190n, 285n]);
  assert.deepEqual(await books.faults(), []);
});

test("a fee that nobody can say is taken from the providers when their totals show it", async (t) => {
  const books = await openFlight(t);
  await books.observe(books.who.user, { settled: 600n, settleSeq: 3n, feeBps: undefined, isPatient: false });
  assert.deepEqual([await claimables(books), (await books.router()).fees], [[100n, 200n, 300n], 0n]);
  const slot = books.slot();
  for (const [place, provider] of books.providers.entries()) {
    await books.observeProvider(provider, { slot, earned: BigInt(place + 1) * 95n, adopts: true });
  }
  assert.equal(await books.observeFees(30n, { slot, adopts: true }), -30n);
  assert.deepEqual(await claimables(books), [95n, 190n, 285n]);
  assert.deepEqual(await books.router(), { vault: 1_000_000n, fees: 30_000n });
  assert.deepEqual(await books.faults(), []);
});

test("entries behind the number that was seen stay on their way", async (t) => {
  const books = await openFlight(t);
  assert.equal(await books.observe(books.who.user, { settled: 300n, settleSeq: 2n }), "posted");
  assert.deepEqual(await claimables(books), [98n, 195n, 0n]);
  assert.equal(await stateOf(books, books.flight), "sent");
  assert.deepEqual((await books.balances(books.who.user)).payable, 300_000n);
  assert.deepEqual(await books.faults(), []);
  assert.equal(await books.observe(books.who.user, { settled: 600n, settleSeq: 3n }), "posted");
  assert.equal(await stateOf(books, books.flight), "landed");
  assert.deepEqual(await books.faults(), []);
});

test("what was settled besides the logged entries was settled elsewhere, and is taken from the user", async (t) => {
  const books = await openFlight(t);
  await log(books, [
    [100n, 0n],
    [200n, 0n],
    [300n, 0n],
  ]);
  assert.equal(await books.observe(books.who.user, { settled: 650n, settleSeq: 4n, feeBps: undefined }), "posted");
  assert.deepEqual(await claimables(books), [100n, 200n, 300n]);
  assert.deepEqual(await books.balances(books.who.user), {
    available: 350_000n,
    locked: 0n,
    withdrawing: 0n,
    payable: 0n,
  });
  assert.deepEqual(await surprises(books), ["settled elsewhere 50"]);
  assert.deepEqual(await books.faults(), []);
  await books.owe(books.who, books.provider, 10n);
  const next = await books.batch(await books.cut([[books.who.user, books.provider]]));
  assert.deepEqual(
    next.entries.map(({ seq }) => seq),
    [5n],
    "the next number is one that nobody has used",
  );
  assert.deepEqual(await books.faults(), []);
});

test("a log that says more than has left the escrow is not followed", async (t) => {
  const books = await openFlight(t);
  await log(books, [
    [100n, 0n],
    [200n, 0n],
    [300n, 0n],
  ]);
  assert.equal(await books.observe(books.who.user, { settled: 599n, settleSeq: 3n }), "waiting");
  assert.equal(await books.observe(books.who.user, { isPatient: false }), "posted");
  assert.deepEqual(await surprises(books), ["log differs 1"]);
  assert.equal((await books.balances(books.who.user)).available, 401_000n);
  assert.deepEqual(await books.faults(), []);
});

test("a log that comes after its entry was posted is compared with it", async (t) => {
  const books = await openFlight(t);
  await books.observe(books.who.user, { settled: 300n, settleSeq: 2n });
  await log(books, [
    [100n, 2n],
    [150n, 3n],
  ]);
  assert.deepEqual(await surprises(books), ["log differs -50"]);
  assert.deepEqual(await books.faults(), []);
});

test("while a settlement waits for its log, deposits are credited, what left is taken, and the allowance counts", async (t) => {
  const books = await openFlight(t);
  const seen = { deposited: 1_100n, withdrawn: 450n, settled: 400n, settleSeq: 3n, allowance: 1_200_000n };
  assert.equal(await books.observe(books.who.user, seen), "waiting");
  assert.deepEqual(await books.balances(books.who.user), {
    available: 50_000n,
    locked: 0n,
    withdrawing: 0n,
    payable: 600_000n,
  });
  assert.deepEqual(await books.row("SELECT allowance FROM users WHERE id = $1", [books.who.user]), {
    allowance: 1_200_000n,
  });
  assert.deepEqual(await books.faults(), []);
  assert.equal(await books.observe(books.who.user, { slot: 1n }), "old", "what waits was seen all the same");
  await books.observe(books.who.user, { isPatient: false });
  assert.deepEqual(await books.balances(books.who.user), {
    available: 250_000n,
    locked: 0n,
    withdrawing: 0n,
    payable: 0n,
  });
  assert.deepEqual(await books.faults(), []);
});

test("a batch has landed when the last of its entries is posted, whoever it is of", async (t) => {
  const books = await openChainBooks(t);
  const both = [await books.addDepositor(10n), await books.addDepositor(10n)];
  for (const who of both) await books.owe(who, books.provider, 5n);
  const batch = await books.cut(both.map(({ user }) => [user, books.provider]));
  assert.ok(batch);
  for (const [place, { user }] of both.entries()) {
    assert.equal(await stateOf(books, batch), "queued");
    await books.observe(user, { settled: 5n, settleSeq: 1n });
    assert.equal(await stateOf(books, batch), place === 0 ? "queued" : "landed");
  }
  assert.deepEqual(await books.faults(), []);
});
