import assert from "node:assert/strict";
import { test } from "node:test";
import { firstUuidAt } from "@aimo-network/protocol/ids";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";
import { makeReceipts } from "../../test-bed/made-receipts.ts";
import type { DueRule } from "./settlement.ts";

const MUCH = microUsdc(10n ** 12n);
const LONG_AGO = new Date(0);

async function entriesOf(books: ChainBooks, batch: bigint | undefined): Promise<unknown> {
  return await books.database.query(
    "SELECT user_id, provider_id, seq, amount FROM settle_entries WHERE batch_id = $1 ORDER BY id",
    [batch],
  );
}

/** The entry of each generation's receipt, once all batches have theirs: its batch, user and provider. */
async function receipts({ database }: ChainBooks): Promise<ReadonlyMap<string, unknown>> {
  const batches = await database.query<{ id: bigint }>("SELECT id FROM settle_batches ORDER BY id");
  for (const { id } of batches) await makeReceipts(database, id);
  const rows = await database.query<{ id: string; batch: bigint; user: number; provider: number }>(
    `SELECT r.generation_id AS id, x.batch_id AS batch, x.user_id AS "user", x.provider_id AS provider
     FROM receipts r JOIN settle_entries x ON x.id = r.entry_id`,
  );
  return new Map(rows.map(({ id, batch, user, provider }) => [id, [batch, user, provider]]));
}

test("a cut takes whole micro-USDC in the order of the pairs, and leaves the dust", async (t) => {
  const books = await openChainBooks(t);
  const [one, two] = [await books.addDepositor(100n), await books.addDepositor(100n)];
  const other = await books.addWallet();
  await books.owe(one, books.provider, 10n, 999n);
  await books.owe(one, other, 20n);
  await books.owe(two, other, 1n);
  await books.owe(two, books.provider, 0n, 999n);
  const pairs: (readonly [number, number])[] = [
    [one.user, other],
    [two.user, other],
    [one.user, books.provider],
    [two.user, books.provider],
  ];
  assert.deepEqual(await entriesOf(books, await books.cut(pairs)), [
    { user_id: one.user, provider_id: other, seq: 1n, amount: 20n },
    { user_id: two.user, provider_id: other, seq: 1n, amount: 1n },
    { user_id: one.user, provider_id: books.provider, seq: 2n, amount: 10n },
  ]);
  assert.deepEqual(await books.faults(), []);
});

test("dust of several requests comes together until it is a micro-USDC", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 0n, 400n);
  await books.owe(who, books.provider, 0n, 599n);
  assert.equal(await books.cut([[who.user, books.provider]]), undefined);
  assert.deepEqual(await books.row("SELECT count(*) AS n FROM settle_batches"), { n: 0n });
  await books.owe(who, books.provider, 0n, 1n);
  assert.ok(await books.cut([[who.user, books.provider]]));
  assert.deepEqual(await books.faults(), []);
});

test("an entry takes at most what it may, and the rest goes with the next one", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 30n);
  for (const [seq, amount, settled] of [
    [1n, 14n, 14n],
    [2n, 14n, 28n],
    [3n, 2n, 30n],
  ] as const) {
    const batch = await books.cut([[who.user, books.provider]], 14n);
    assert.deepEqual(await entriesOf(books, batch), [{ user_id: who.user, provider_id: books.provider, seq, amount }]);
    assert.deepEqual(await books.faults(), []);
    await books.observe(who.user, { settled, settleSeq: seq });
  }
  assert.equal((await books.balances(who.user)).payable, 0n);
});

test("a user who has entries on their way gets no others, whoever they are to", async (t) => {
  const books = await openChainBooks(t);
  const [one, two] = [await books.addDepositor(100n), await books.addDepositor(100n)];
  const other = await books.addWallet();
  await books.owe(one, books.provider, 10n);
  await books.cut([[one.user, books.provider]]);
  await books.owe(one, books.provider, 5n);
  await books.owe(one, other, 6n);
  await books.owe(two, other, 7n);
  const pairs: (readonly [number, number])[] = [
    [one.user, books.provider],
    [one.user, other],
    [two.user, other],
  ];
  assert.deepEqual(await entriesOf(books, await books.cut(pairs)), [
    { user_id: two.user, provider_id: other, seq: 1n, amount: 7n },
  ]);
  await books.observe(one.user, { settled: 10n, settleSeq: 1n });
  assert.deepEqual(await entriesOf(books, await books.cut(pairs)), [
    { user_id: one.user, provider_id: books.provider, seq: 2n, amount: 5n },
    { user_id: one.user, provider_id: other, seq: 3n, amount: 6n },
  ]);
  assert.deepEqual(await books.faults(), []);
});

test("a pair that is named twice gets one entry, and nobody pays himself", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 10n);
  await books.owe(who, who.user, 20n);
  const pair = [who.user, books.provider] as const;
  assert.deepEqual(await entriesOf(books, await books.cut([[who.user, who.user], pair, pair])), [
    { user_id: who.user, provider_id: books.provider, seq: 1n, amount: 10n },
  ]);
  assert.deepEqual(await books.faults(), []);
});

test("nothing is cut of users who have no escrow", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addUser(100_000n);
  await books.owe(who, books.provider, 10n);
  assert.equal(await books.cut([[who.user, books.provider]]), undefined);
  await books.observe(who.user, { deposited: 100n, openedSlot: 1n });
  assert.ok(await books.cut([[who.user, books.provider]]));
  assert.deepEqual(await books.faults(), []);
  const left = await books.addDepositor(1n);
  await books.gone(left.user);
  await books.row("UPDATE users SET allowance = NULL WHERE id = $1", [left.user]);
  await books.ledger.deposit({
    id: books.id(),
    user: left.user,
    openedSlot: 1n,
    total: nanoUsdc(50_000n),
    source: "by hand",
  });
  await books.owe(left, books.provider, 10n);
  assert.equal(await books.cut([[left.user, books.provider]]), undefined);
});

test("each generation's receipt belongs to the first entry that pays for it, once", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const second = { user: who.user, key: await books.addKey(who.user) };
  const other = await books.addWallet();
  const [a, b, c] = [
    await books.owe(who, books.provider, 3n),
    await books.owe(second, books.provider, 4n),
    await books.owe(who, other, 5n),
  ];
  const free = books.lockOf(who, 1_000n);
  await books.ledger.lock(free);
  await books.ledger.charge(books.chargeOf(free, 0n));
  const first = await books.cut([[who.user, books.provider]]);
  assert.deepEqual(
    await receipts(books),
    new Map<string, unknown>([
      [a, [first, who.user, books.provider]],
      [b, [first, who.user, books.provider]],
    ]),
  );
  await books.observe(who.user, { settled: 7n, settleSeq: 1n });
  const d = await books.owe(who, books.provider, 6n);
  const next = await books.cut([
    [who.user, books.provider],
    [who.user, other],
  ]);
  assert.deepEqual(
    await receipts(books),
    new Map<string, unknown>([
      [a, [first, who.user, books.provider]],
      [b, [first, who.user, books.provider]],
      [c, [next, who.user, other]],
      [d, [next, who.user, books.provider]],
    ]),
  );
});

test("generations from before the pair's last receipts are not looked through again, but for those charged late", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const pair = [[who.user, books.provider]] as const;
  const [onTime, late, never] = [1, 2, 3].map(() => books.lockOf(who, 2_000n, { deadlineMs: books.clock.now() + 1 }));
  assert.ok(onTime && late && never);
  for (const lock of [onTime, late, never]) await books.ledger.lock(lock);
  await books.ledger.charge(books.chargeOf(onTime, 1_000n));
  books.clock.advance(10_000);
  await books.row("SELECT ledger_expire($1, 10)", [books.now()]);
  const first = await books.cut(pair, 1_000n, firstUuidAt(books.clock.now()));
  assert.deepEqual(await receipts(books), new Map<string, unknown>([[onTime.id, [first, who.user, books.provider]]]));
  await books.observe(who.user, { settled: 1n, settleSeq: 1n });
  await books.ledger.charge(books.chargeOf(late, 1_000n));
  await books.ledger.charge(books.chargeOf(never, 0n));
  const next = await books.cut(pair);
  assert.deepEqual(
    await receipts(books),
    new Map<string, unknown>([
      [onTime.id, [first, who.user, books.provider]],
      [late.id, [next, who.user, books.provider]],
    ]),
  );
  assert.deepEqual(await books.row("SELECT count(*) AS n FROM late_generations"), { n: 0n });
  assert.deepEqual(await books.faults(), []);
});

test("a late charge that is young enough gets its one receipt", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const lock = books.lockOf(who, 2_000n, { deadlineMs: books.clock.now() });
  await books.ledger.lock(lock);
  await books.row("SELECT ledger_expire($1, 10)", [books.now()]);
  await books.ledger.charge(books.chargeOf(lock, 1_000n));
  const batch = await books.cut([[who.user, books.provider]]);
  assert.deepEqual(await receipts(books), new Map<string, unknown>([[lock.id, [batch, who.user, books.provider]]]));
  assert.deepEqual(await books.row("SELECT count(*) AS n FROM late_generations"), { n: 0n });
});

/** Who is due, as user, provider and amount. */
async function due(books: ChainBooks, rule: Partial<DueRule> = {}): Promise<unknown> {
  const usual = { at: books.now(), since: LONG_AGO, least: MUCH, sponsorMin: microUsdc(0n), most: 100 };
  const pairs = await books.settlement.due({ ...usual, ...rule });
  return pairs.map(({ user, provider, amount }) => [user, provider, amount]);
}

test("a pair is due once it is old enough or large enough, and not before", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 10n, 7n);
  assert.deepEqual(await due(books), []);
  const since = books.now();
  books.clock.advance(60_000);
  await books.owe(who, books.provider, 1n);
  assert.deepEqual(await due(books, { since: new Date(since.getTime() - 1) }), []);
  assert.deepEqual(await due(books, { since }), [[who.user, books.provider, 11n]]);
  assert.deepEqual(await due(books, { least: microUsdc(12n) }), []);
  assert.deepEqual(await due(books, { least: microUsdc(11n) }), [[who.user, books.provider, 11n]]);
  await books.cut([[who.user, books.provider]], 4n);
  assert.deepEqual(await due(books, { since: books.now(), least: microUsdc(1n) }), [], "it is on its way");
  await books.observe(who.user, { settled: 4n, settleSeq: 1n });
  assert.deepEqual(await due(books, { since }), [], "the rest waits from now on");
  assert.deepEqual(await due(books, { since: books.now() }), [[who.user, books.provider, 7n]]);
});

test("whoever leaves, or owes more than is left, is due at once, and the leavers come first", async (t) => {
  const books = await openChainBooks(t);
  const users: LedgerUser[] = [];
  for (const deposit of [20n, 100n, 100n, 20n]) users.push(await books.addDepositor(deposit));
  const [almostEmpty, leaver, rich, half] = users;
  assert.ok(leaver && almostEmpty && rich && half);
  await books.owe(leaver, books.provider, 3n);
  await books.owe(almostEmpty, books.provider, 11n);
  await books.owe(rich, books.provider, 50n);
  await books.owe(half, books.provider, 10n);
  await books.observe(leaver.user, { isUrgent: true });
  assert.deepEqual(await due(books), [
    [leaver.user, books.provider, 3n],
    [almostEmpty.user, books.provider, 11n],
  ]);
  assert.deepEqual(await due(books, { most: 1 }), [[leaver.user, books.provider, 3n]]);
});

test("whoever looks for what is due does not wait for debts that are just being charged: they wait from the next look on", async (t) => {
  const books = await openChainBooks(t);
  const [busy, idle] = [await books.addDepositor(100n), await books.addDepositor(100n)];
  for (const who of [busy, idle]) await books.owe(who, books.provider, 10n);
  await books.database.transaction(async (query) => {
    await query("UPDATE payables SET amount = amount + 0 WHERE user_id = $1", [busy.user]);
    assert.deepEqual(await due(books, { since: books.now() }), [[idle.user, books.provider, 10n]]);
  });
  assert.deepEqual(await due(books, { since: books.now() }), [
    [busy.user, books.provider, 10n],
    [idle.user, books.provider, 10n],
  ]);
});

test("a pair is due where its provider is owed enough by everybody, and says since when its account is open", async (t) => {
  const books = await openChainBooks(t);
  const [one, two] = [await books.addDepositor(100n), await books.addDepositor(100n)];
  await books.owe(one, books.provider, 10n);
  await books.owe(two, books.provider, 5n, 999n);
  const rule = { at: books.now(), since: LONG_AGO, least: microUsdc(10n), sponsorMin: microUsdc(15n), most: 9 };
  const [before] = await books.settlement.due(rule);
  assert.equal(before?.providerOpenedSlot, 0n);
  // What everybody owes is counted, also what is not due yet, in whole micro-USDC.
  assert.deepEqual(await books.settlement.due({ ...rule, sponsorMin: microUsdc(16n) }), []);
  await books.observeProvider(books.provider, { openedSlot: 44n });
  const [after] = await books.settlement.due(rule);
  assert.equal(after?.providerOpenedSlot, 44n);
  assert.equal(await books.ledger.numbers.wallet(after?.userWallet ?? ""), one.user);
  assert.equal(await books.ledger.numbers.wallet(after?.providerWallet ?? ""), books.provider);
});

test("however many debts to providers without an account wait, they take nobody's place; enough of them together are due", async (t) => {
  const books = await openChainBooks(t);
  const [one, two] = [await books.addDepositor(100n), await books.addDepositor(100n)];
  const [poor, opened] = [books.provider, await books.addWallet()];
  await books.observeProvider(opened, { openedSlot: 44n });
  await books.owe(one, poor, 10n);
  books.clock.advance(1);
  await books.owe(two, opened, 1n);
  const rule = { least: microUsdc(1n), most: 1 };
  assert.deepEqual(await due(books, { ...rule, sponsorMin: microUsdc(11n) }), [[two.user, opened, 1n]]);
  assert.deepEqual(await due(books, { ...rule, sponsorMin: microUsdc(10n) }), [[one.user, poor, 10n]]);
  await books.owe(two, poor, 1n);
  const pairs = await due(books, { ...rule, most: 9, sponsorMin: microUsdc(11n) });
  assert.deepEqual(
    new Set(pairs as unknown[]),
    new Set([
      [one.user, poor, 10n],
      [two.user, opened, 1n],
      [two.user, poor, 1n],
    ]),
  );
});

test("what is charged after a cut belongs to the next one, however late the first one's receipts are made", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(100n);
  const cut = async (): Promise<bigint> => {
    const pairs = [{ user: who.user, provider: books.provider }];
    const wish = { at: books.now(), ref: books.id(), pairs, most: MUCH, receiptsFrom: firstUuidAt(0) };
    return (await books.settlement.cut(books.settler, wish))!;
  };
  const late = books.lockOf(who, 2_000n, { deadlineMs: books.clock.now() });
  await books.ledger.lock(late);
  await books.row("SELECT ledger_expire($1, 10)", [books.now()]);
  const before = await books.owe(who, books.provider, 3n);
  const first = await cut();
  const after = await books.owe(who, books.provider, 4n);
  await books.ledger.charge(books.chargeOf(late, 1_000n));
  assert.deepEqual(await receipts(books), new Map<string, unknown>([[before, [first, who.user, books.provider]]]));
  await books.observe(who.user, { settled: 3n, settleSeq: 1n });
  const second = await cut();
  assert.deepEqual(
    await receipts(books),
    new Map<string, unknown>([
      [before, [first, who.user, books.provider]],
      [after, [second, who.user, books.provider]],
      [late.id, [second, who.user, books.provider]],
    ]),
  );
  assert.deepEqual(await books.row("SELECT count(*) AS n FROM late_generations"), { n: 0n });
});
