import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";
import { readOpenBatch } from "./settlement.ts";

const ROOT = new Uint8Array(32).fill(1);
const SIGNED = { signature: "signature", wire: "AA==", lastValidBlockHeight: 77n };

/** A batch with an entry of each of three users. */
async function openBatch(
  t: TestContext,
): Promise<ChainBooks & { users: readonly LedgerUser[]; id: () => string; number: bigint }> {
  const books = await openChainBooks(t);
  const users: LedgerUser[] = [];
  for (let count = 0; count < 3; count += 1) {
    const who = await books.addDepositor(100n);
    await books.owe(who, books.provider, 10n);
    users.push(who);
  }
  const number = await books.cut(users.map(({ user }) => [user, books.provider]));
  assert.ok(number);
  return { ...books, users, number };
}

const stateOf = async ({ row }: Pick<ChainBooks, "row">, batch: bigint) =>
  (await row("SELECT state FROM settle_batches WHERE id = $1", [batch]))["state"];

test("a batch is signed with a root, sent once it is signed, and queued again with the same entries", async (t) => {
  const { settlement, settler, number, ...books } = await openBatch(t);
  const before = await books.batch(number);
  await settlement.sent(settler, number);
  assert.equal((await books.batch(number)).state, "queued", "it is not signed");
  await assert.rejects(settlement.signed(settler, number, SIGNED), { code: "23514" }, "it has no root");
  await settlement.setRoot(settler, number, ROOT);
  await settlement.signed(settler, number, SIGNED);
  const signed = await books.batch(number);
  assert.deepEqual([signed.state, signed.attempts, Buffer.from(signed.root ?? [])], ["signed", 1, Buffer.from(ROOT)]);
  assert.deepEqual([signed.signature, signed.wire, signed.lastValidBlockHeight], Object.values(SIGNED));
  await settlement.setRoot(settler, number, new Uint8Array(32));
  await settlement.signed(settler, number, { ...SIGNED, signature: "another" });
  assert.deepEqual(await books.batch(number), signed, "what was signed stays");
  await settlement.sent(settler, number);
  assert.equal((await books.batch(number)).state, "sent");
  const notBefore = new Date(books.clock.now() + 5_000);
  await settlement.again(settler, number, "expired", notBefore);
  const again = await books.batch(number);
  assert.deepEqual([again.state, again.signature, again.wire, again.attempts], ["queued", undefined, undefined, 1]);
  assert.deepEqual([again.notBefore, again.entries], [notBefore, before.entries]);
  assert.deepEqual(await books.faults(), []);
});

test("the log of a transaction that is gone again is forgotten with it, of what is not posted", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  await books.send(number);
  const { entries } = await books.batch(number);
  const lines = entries.map(({ id }) => ({ id, applied: microUsdc(10n), fee: microUsdc(1n) }));
  await settlement.logged(settler, number, 300n, lines);
  await settlement.logged(
    settler,
    number,
    300n,
    lines.map((line) => ({ ...line, fee: microUsdc(9n) })),
  );
  await books.observe(users[0]?.user ?? 0, { settled: 10n, settleSeq: 1n });
  await settlement.again(settler, number, "expired", books.now());
  assert.deepEqual(await books.database.query("SELECT logged_applied, logged_fee FROM settle_entries ORDER BY id"), [
    { logged_applied: 10n, logged_fee: 1n },
    { logged_applied: null, logged_fee: null },
    { logged_applied: null, logged_fee: null },
  ]);
  assert.deepEqual(await books.row("SELECT landed_slot FROM settle_batches"), { landed_slot: 300n });
});

test("a log is of its own batch's entries, and never of more than they ask for", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  const [entry] = (await books.batch(number)).entries;
  assert.ok(entry);
  const line = { id: entry.id, applied: microUsdc(10n), fee: microUsdc(1n) };
  await settlement.logged(settler, number + 1n, 300n, [line]);
  await assert.rejects(settlement.logged(settler, number, 300n, [{ ...line, applied: microUsdc(11n) }]), {
    code: "23514",
  });
  await assert.rejects(settlement.logged(settler, number, 300n, [{ ...line, fee: microUsdc(11n) }]), { code: "23514" });
  assert.deepEqual(await books.row("SELECT count(logged_applied) AS n FROM settle_entries"), { n: 0n });
  assert.equal(users.length, 3);
});

test("users of a batch that cannot land go into one of their own, and both have new roots", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  const [first, ...others] = users.map(({ user }) => user);
  await settlement.setRoot(settler, number, ROOT);
  await settlement.split(settler, books.now(), number, books.id(), others);
  const [old, next, ...more] = await settlement.open(9);
  assert.deepEqual(more, []);
  assert.deepEqual([old?.id, old?.root, old?.entries.map(({ user }) => user)], [number, undefined, [first]]);
  assert.deepEqual([next?.state, next?.root, next?.entries.map(({ user }) => user)], ["queued", undefined, others]);
  assert.deepEqual(await books.faults(), []);
  for (const user of [first, ...others]) await books.observe(user ?? 0, { settled: 10n, settleSeq: 1n });
  assert.deepEqual(await settlement.open(9), []);
  assert.deepEqual(await books.faults(), []);
});

test("a batch of which everybody was moved has ended; one of which nobody was stays as it is", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  await settlement.setRoot(settler, number, ROOT);
  await settlement.split(settler, books.now(), number, books.id(), [await books.addWallet()]);
  assert.deepEqual(
    (await settlement.open(9)).map(({ id, root }) => [id, root?.length]),
    [[number, 32]],
  );
  await settlement.split(
    settler,
    books.now(),
    number,
    books.id(),
    users.map(({ user }) => user),
  );
  assert.equal(await stateOf(books, number), "split");
  assert.equal((await settlement.open(9)).length, 1);
  assert.deepEqual(await books.faults(), []);
});

test("only a batch that is queued is parted, and entries that are posted stay where they are", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  const [first = 0, second = 0, third = 0] = users.map(({ user }) => user);
  await books.send(number);
  await settlement.split(settler, books.now(), number, books.id(), [first]);
  assert.equal((await settlement.open(9)).length, 1);
  await settlement.again(settler, number, "expired", books.now());
  await books.gone(first);
  await settlement.split(settler, books.now(), number, books.id(), [first, second]);
  const [old, next] = await settlement.open(9);
  assert.deepEqual(
    old?.entries.map(({ user, isPosted }) => [user, isPosted]),
    [
      [first, true],
      [third, false],
    ],
  );
  assert.deepEqual(
    next?.entries.map(({ user }) => user),
    [second],
  );
  assert.deepEqual(await books.faults(), []);
});

test("the last users are parted from others whose entries are posted: what is left has ended", async (t) => {
  const { settlement, settler, number, users, ...books } = await openBatch(t);
  const [first = 0, ...others] = users.map(({ user }) => user);
  await books.gone(first);
  await settlement.split(settler, books.now(), number, books.id(), others);
  assert.equal(await stateOf(books, number), "split");
  assert.deepEqual(await books.faults(), []);
});

test("an entry never changes but for its batch, and never goes away", async (t) => {
  const books = await openBatch(t);
  for (const change of [
    "amount = amount + 1",
    "seq = 9",
    "opened_slot = 9",
    "provider_id = user_id",
    "user_id = provider_id",
    "cut = cut + 1",
  ]) {
    await assert.rejects(books.row(`UPDATE settle_entries SET ${change}`), /never other amounts/, change);
  }
  await assert.rejects(books.row("DELETE FROM settle_entries"), /never other amounts/);
  const again =
    "INSERT INTO settle_entries (batch_id, user_id, opened_slot, seq, provider_id, amount, cut, receipts_from) SELECT batch_id, user_id, opened_slot, seq, provider_id, 1, cut, receipts_from FROM settle_entries";
  await assert.rejects(books.row(again), { code: "23505" });
});

test("a batch is read by its number while it is open, with its entries in order", async (t) => {
  const { number, users, ...books } = await openBatch(t);
  const found = await readOpenBatch(books.database.query, number);
  assert.deepEqual(found, await books.batch(number));
  assert.deepEqual(
    found?.entries.map(({ user, seq, amount, isPosted }) => [user, seq, amount, isPosted]),
    [...users.map(({ user }) => [user, 1n, 10n, false])],
  );
  assert.equal(await readOpenBatch(books.database.query, number + 1n), undefined);
  for (const { user } of users) await books.observe(user, { settled: 10n, settleSeq: 1n });
  assert.equal(await readOpenBatch(books.database.query, number), undefined);
});

test("open batches are read oldest first, and no more than asked for", async (t) => {
  const books = await openBatch(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 10n);
  const second = await books.cut([[who.user, books.provider]]);
  assert.deepEqual(
    (await books.settlement.open(9)).map(({ id }) => id),
    [books.number, second],
  );
  assert.deepEqual(
    (await books.settlement.open(1)).map(({ id }) => id),
    [books.number],
  );
});

test("wallets that settle again and again are worth a place in a lookup table", async (t) => {
  const books = await openBatch(t);
  const [busy] = books.users;
  assert.ok(busy);
  const since = books.now();
  await books.observe(busy.user, { settled: 10n, settleSeq: 1n });
  await books.owe(busy, books.provider, 10n);
  await books.cut([[busy.user, books.provider]]);
  const { users, providers } = await books.settlement.busy(since, 9);
  assert.deepEqual([users.length, providers.length], [1, 1]);
  assert.equal(await books.ledger.numbers.wallet(users[0] ?? ""), busy.user);
  assert.equal(await books.ledger.numbers.wallet(providers[0] ?? ""), books.provider);
  assert.deepEqual(await books.settlement.busy(new Date(since.getTime() + 1), 9), { users: [], providers: [] });
});
