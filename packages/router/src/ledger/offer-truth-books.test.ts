import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { openTestDatabase } from "../test-bed/test-database.ts";
import type { Database } from "./database/database.ts";
import type { InspectionBounds } from "./offer-truth-books.ts";
import { createOfferTruthBooks } from "./offer-truth-books.ts";

const NOON = Date.parse("2026-03-01T12:00:00Z");
const NEXT_DAY = Date.parse("2026-03-02T00:00:00Z");
const BOUNDS: InspectionBounds = {
  dayMax: nanoUsdc(1_000n),
  walletMax: nanoUsdc(400n),
  dayAsksMax: 100,
  walletAsksMax: 100,
};

async function lead({ query }: Database): Promise<bigint> {
  const [row] = await query<{ fence: bigint }>("SELECT ledger_lead(now(), 'inspector', 1) AS fence");
  return row!.fence;
}

/** How many statements wait for a lock in this database. */
async function waiting({ query }: Database): Promise<bigint> {
  const [row] = await query<{ count: bigint }>(
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
  );
  return row!.count;
}

async function open(t: { after(close: () => Promise<void>): void }) {
  const database = await openTestDatabase();
  t.after(() => database.close());
  const books = createOfferTruthBooks(database);
  return { database, books, fence: await lead(database) };
}

test("what is saved is read by whoever has not read it, in pages by number", async (t) => {
  const { books, fence } = await open(t);
  await books.save(
    fence,
    NOON,
    new Map<string, unknown>([
      ["w/a", { n: 1 }],
      ["w/b", { n: 2 }],
    ]),
  );
  const first = await books.read(0n);
  assert.deepEqual(first.stored.map(({ offerId, evidence }) => `${offerId} ${JSON.stringify(evidence)}`).toSorted(), [
    'w/a {"n":1}',
    'w/b {"n":2}',
  ]);
  assert.ok(first.isAll);
  assert.equal(first.stored[0]?.seenAtMs, NOON);
  assert.deepEqual(await books.read(first.change), { stored: [], change: first.change, isAll: true });
  await books.save(fence, NOON + 1, new Map([["w/a", { n: 3 }]]));
  const second = await books.read(first.change);
  assert.deepEqual(second.stored, [{ offerId: "w/a", evidence: { n: 3 }, seenAtMs: NOON + 1 }]);
});

test("of two rounds that are saved at the same moment readers miss none", async (t) => {
  const { database, books, fence } = await open(t);
  let [late, page]: [Promise<void>, Awaited<ReturnType<typeof books.read>>] = [Promise.resolve(), await books.read(0n)];
  await database.transaction(async (query) => {
    await createOfferTruthBooks({ query }).save(fence, NOON, new Map([["w/slow", {}]]));
    const quick = { isSaved: false };
    late = books.save(fence, NOON, new Map([["w/quick", {}]])).then(() => void (quick.isSaved = true));
    while (!quick.isSaved && (await waiting(database)) === 0n) await pause(2);
    page = await books.read(0n); // which has the quick one's only where it did not wait
  });
  await late;
  const rest = await books.read(page.change);
  assert.deepEqual([...page.stored, ...rest.stored].map(({ offerId }) => offerId).toSorted(), ["w/quick", "w/slow"]);
});

test("whoever does not lead any more writes nothing", async (t) => {
  const { database, books, fence } = await open(t);
  await lead(database);
  await assert.rejects(books.save(fence, NOON, new Map([["w/a", {}]])), /another instance leads the inspector now/);
  const cost = { atMs: NOON, wallet: "w", amount: nanoUsdc(1n) };
  await assert.rejects(books.reserve(fence, cost, BOUNDS), /another instance leads the inspector now/);
  assert.deepEqual((await books.read(0n)).stored, []);
  assert.equal(await books.spent(NOON), 0n);
});

test("a day's spending reaches its bound and does not pass it, nor does one provider's", async (t) => {
  const { books, fence } = await open(t);
  const reserve = (wallet: string, amount: bigint, atMs = NOON) =>
    books.reserve(fence, { atMs, wallet, amount: nanoUsdc(amount) }, BOUNDS);
  assert.equal(await reserve("a", 400n), "ok");
  assert.equal(await reserve("a", 1n), "wallet");
  assert.equal(await reserve("b", 400n), "ok");
  assert.equal(await reserve("c", 201n), "day");
  assert.equal(await reserve("c", 200n), "ok");
  assert.equal(await books.spent(NOON), 1_000n);
  assert.equal(await reserve("d", 1n), "day");
  assert.equal(await reserve("a", 400n, NEXT_DAY), "ok", "the next day has its own bounds");
  assert.equal(await reserve("a", 1n, NEXT_DAY - 1), "day", "until midnight by UTC it is today");
});

test("what was reserved and not needed is there again, the request stays counted", async (t) => {
  const { books, fence } = await open(t);
  const few = { ...BOUNDS, dayAsksMax: 3, walletAsksMax: 2 };
  const cost = { atMs: NOON, wallet: "a", amount: nanoUsdc(300n) };
  assert.equal(await books.reserve(fence, cost, few), "ok");
  await books.giveBack({ ...cost, amount: nanoUsdc(299n) });
  assert.equal(await books.spent(NOON), 1n);
  assert.equal(await books.reserve(fence, { ...cost, amount: nanoUsdc(399n) }, few), "ok");
  await books.giveBack({ ...cost, amount: nanoUsdc(399n) });
  assert.equal(await books.reserve(fence, { ...cost, amount: nanoUsdc(0n) }, few), "wallet", "it was asked twice");
  assert.equal(await books.reserve(fence, { ...cost, wallet: "b", amount: nanoUsdc(0n) }, few), "ok");
  assert.equal(await books.reserve(fence, { ...cost, wallet: "c", amount: nanoUsdc(0n) }, few), "day");
});

test("requests that reserve at the same moment never pass the bound together", async (t) => {
  const { books, fence } = await open(t);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      books.reserve(fence, { atMs: NOON, wallet: `w${index}`, amount: nanoUsdc(200n) }, BOUNDS),
    ),
  );
  assert.equal(answers.filter((answer) => answer === "ok").length, 5); // fewer than come at once
  assert.equal(await books.spent(NOON), 1_000n);
});

test("offers that nobody has seen are forgotten, those on sale are not", async (t) => {
  const { books, fence } = await open(t);
  await books.save(
    fence,
    NOON,
    new Map<string, unknown>([
      ["w/gone", {}],
      ["w/here", {}],
    ]),
  );
  await books.seen(["w/here", "w/unknown"], NOON + 10);
  await books.forget(NOON, NOON);
  assert.equal((await books.read(0n)).stored.length, 2, "seen at that moment is not before it");
  await books.forget(NOON + 1, NOON);
  assert.deepEqual(
    (await books.read(0n)).stored.map(({ offerId }) => offerId),
    ["w/here"],
  );
});

test("what was spent is kept for 40 days", async (t) => {
  const { books, fence } = await open(t);
  await books.reserve(fence, { atMs: NOON, wallet: "a", amount: nanoUsdc(5n) }, BOUNDS);
  const dayMs = 24 * 3_600_000;
  await books.forget(0, NOON + 40 * dayMs);
  assert.equal(await books.spent(NOON), 5n);
  await books.forget(0, NOON + 41 * dayMs);
  assert.equal(await books.spent(NOON), 0n);
});
