import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import type { ChainBooks } from "../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../test-bed/chain-books-bed.ts";
import { checkLedger, reportLines } from "./check-ledger.ts";

/** Books in which everything is going on: settled, on its way, queued, held for withdrawals of a user and a provider. */
async function openBusyBooks(t: TestContext): Promise<ChainBooks> {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(1_000n);
  const other = await books.addDepositor(1_000n);
  await books.owe(who, books.provider, 100n);
  await books.cut([[who.user, books.provider]]);
  await books.observe(who.user, { settled: 100n, settleSeq: 1n });
  await books.observeProvider(books.provider, { earned: 98n });
  await books.owe(who, books.provider, 50n);
  await books.owe(who, other.user, 30n);
  await books.cut([
    [who.user, books.provider],
    [who.user, other.user],
  ]);
  await books.ask("user", who.user, 200n);
  await books.ask("provider", books.provider, 20n);
  assert.deepEqual(await books.faults(), []);
  return books;
}

/** Changes what triggers protect, as somebody with the database's password could. */
async function tamper(books: ChainBooks, text: string): Promise<void> {
  await books.database.transaction(async (query) => {
    await query("SET LOCAL session_replication_role = replica");
    await query(text);
  });
}

const ATTACKS = [
  {
    what: "an escrow's total that is raised",
    text: "UPDATE escrows SET deposited = deposited + 1 WHERE settle_seq = 1",
    found: /something else than what was posted of the escrow: escrow 901000 900000/,
  },
  {
    what: "what counts as settled under an allowance, lowered",
    text: "UPDATE users SET settled = settled - 1 WHERE settled > 0",
    found: /posted of the escrow: settled 100000 99999/,
  },
  {
    what: "a provider's total that is raised",
    text: "UPDATE provider_accounts SET earned = earned + 1",
    found: /posted of its account: provider account 99000 98000/,
  },
  {
    what: "a part of a payable that is on its way no more",
    text: "UPDATE payables SET in_flight = 0",
    found: /on its way to a provider is not the sum of its entries: payable on its way 50000 0/,
  },
  {
    what: "an entry that is gone",
    text: "DELETE FROM settle_entries WHERE seq = 3",
    found: /sum of its entries: payable on its way 0 30000\n.*numbers are not those of its entries: entries 2 1/,
  },
  {
    what: "an entry under a number that is not the next",
    text: "UPDATE settle_entries SET seq = 4 WHERE seq = 3",
    found: /^an escrow's numbers are not those of its entries: entries 2 2$/,
  },
  {
    what: "a first entry that does not follow the last one posted",
    text: "UPDATE settle_entries SET seq = 0 WHERE seq = 2",
    found: /numbers are not those of its entries: entries 2 2/,
  },
  {
    what: "an entry of an escrow's earlier time",
    text: "UPDATE settle_entries SET opened_slot = 0 WHERE seq = 3",
    found: /numbers are not those of its entries: entries 2 2/,
  },
  {
    what: "a number that was given without an entry",
    text: "UPDATE escrows SET next_seq = next_seq + 1 WHERE settle_seq = 1",
    found: /numbers are not those of its entries: entries 3 2/,
  },
  {
    what: "a user's entries in two batches",
    text: `WITH b AS (INSERT INTO settle_batches (ref, queued_at) VALUES (gen_random_uuid(), now()) RETURNING id)
      UPDATE settle_entries SET batch_id = (SELECT id FROM b) WHERE seq = 3`,
    found: /^an escrow's numbers are not those of its entries: entries 2 2$/,
  },
  {
    what: "a batch that says it has landed and has not",
    text: "UPDATE settle_batches SET state = 'landed' WHERE state = 'queued'",
    found: /batch is open without entries, or ended with some: batch 2 0/,
  },
  {
    what: "a batch that is open for ever",
    text: "INSERT INTO settle_batches (ref, queued_at) VALUES (gen_random_uuid(), now())",
    found: /batch is open without entries, or ended with some: batch 0 0/,
  },
  {
    what: "a user's withdrawal that holds more than waits for it",
    text: "UPDATE withdrawals SET held = held + 1 WHERE party = 'user'",
    found: /waits for withdrawals is not what they hold: user:withdrawing 200001 200000/,
  },
  {
    what: "a provider's withdrawal that is gone",
    text: "DELETE FROM withdrawals WHERE party = 'provider'",
    found: /waits for withdrawals is not what they hold: provider:withdrawing 0 20000/,
  },
  {
    what: "an entry that says another amount than the journal",
    text: "UPDATE settle_entries SET applied = applied - 1 WHERE seq = 1",
    found: /entries were posted differently from the journal: settled 99000 100000/,
  },
  {
    what: "an entry that says another fee than the journal",
    text: "UPDATE settle_entries SET fee = fee + 1 WHERE seq = 1",
    found: /entries were posted differently from the journal: settled 100000 100000/,
  },
];

for (const { what, text, found } of ATTACKS) {
  test(`check-ledger finds ${what}`, async (t) => {
    const books = await openBusyBooks(t);
    await tamper(books, text);
    const { differences } = await checkLedger(books.database);
    const lines = differences.map(
      ({ check, account, expected, found: have }) => `${check}: ${account} ${expected} ${have}`,
    );
    assert.match(lines.join("\n"), found);
  });
}

test("entries of days whose journal is gone are not looked for in it", async (t) => {
  const books = await openBusyBooks(t);
  await tamper(books, "DELETE FROM journal WHERE event = 7");
  const differs = async () =>
    (await checkLedger(books.database)).differences.some(
      ({ check }) => check === "entries were posted differently from the journal",
    );
  assert.equal(await differs(), true);
  await books.row(
    "INSERT INTO closings (day, hash, closed_at, is_journal_dropped) VALUES (($1::timestamptz AT TIME ZONE 'UTC')::date, sha256('x'), $1, true)",
    [books.now()],
  );
  assert.equal(await differs(), false);
});

test("things that are counted are no money in the report", async (t) => {
  const books = await openBusyBooks(t);
  await tamper(books, "DELETE FROM settle_entries WHERE seq = 3");
  await tamper(books, "INSERT INTO settle_batches (ref, queued_at) VALUES (gen_random_uuid(), now())");
  const lines = reportLines(await checkLedger(books.database)).join("\n");
  assert.match(lines, /entries of \w+: expected 2, found 1\n/);
  assert.match(lines, /batch: expected 0, found 0$/m);
  assert.match(lines, /payable on its way of \w+ → \w+: expected 0.* USDC, found 0.00003 USDC/);
});
