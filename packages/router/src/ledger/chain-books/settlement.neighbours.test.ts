import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";

const AGE_MS = 10_000;

async function due(books: ChainBooks): Promise<(readonly [number, number])[]> {
  const since = new Date(books.clock.now() - AGE_MS);
  const rule = { at: books.now(), since, least: microUsdc(1_000n), sponsorMin: microUsdc(0n), most: 99 };
  return (await books.settlement.due(rule)).map(({ user, provider }) => [user, provider]);
}

test("pairs that have waited equally long are due provider by provider; who has waited longer, or leaves, is before them", async (t) => {
  const books = await openChainBooks(t);
  const other = await books.addWallet();
  const [one, two, three, four, early, leaver] = await Promise.all(
    Array.from({ length: 6 }, () => books.addDepositor(100n)),
  );
  assert.ok(one && two && three && four && early && leaver);
  await books.owe(early, other, 10n);
  assert.deepEqual(await due(books), []);
  books.clock.advance(1);
  await books.owe(one, books.provider, 10n);
  await books.owe(two, other, 10n);
  await books.owe(three, books.provider, 10n);
  await books.owe(four, other, 10n);
  await books.owe(leaver, other, 10n);
  await due(books);
  await books.observe(leaver.user, { isUrgent: true });
  books.clock.advance(AGE_MS);
  const sorted = (users: readonly number[]): number[] => users.toSorted((a, b) => a - b);
  assert.deepEqual(await due(books), [
    [leaver.user, other],
    [early.user, other],
    ...sorted([one.user, three.user]).map((user) => [user, books.provider]),
    ...sorted([two.user, four.user]).map((user) => [user, other]),
  ]);
});

test("the busiest wallets come in the order of the providers they pay most", async (t) => {
  const books = await openChainBooks(t);
  const other = await books.addWallet();
  const since = books.now();
  const users = await Promise.all(Array.from({ length: 4 }, () => books.addDepositor(100n)));
  const seldom = await books.addDepositor(100n);
  const providerOf = (index: number): number => (index % 2 === 0 ? other : books.provider);
  for (const seq of [1n, 2n]) {
    const paying = seq === 1n ? [...users, seldom] : users;
    for (const [index, who] of paying.entries()) await books.owe(who, providerOf(index), 10n);
    await books.cut(paying.map(({ user }, index) => [user, providerOf(index)]));
    for (const { user } of paying) await books.observe(user, { settled: seq * 10n, settleSeq: seq });
  }
  const numbers = (wallets: readonly string[]): Promise<number[]> =>
    Promise.all(wallets.map(async (wallet) => await books.ledger.numbers.wallet(wallet)));
  const found = await books.settlement.busy(since, 99);
  const of = (provider: number): number[] =>
    users.flatMap(({ user }, index) => (providerOf(index) === provider ? [user] : [])).toSorted((a, b) => a - b);
  const providers = [books.provider, other].toSorted((a, b) => a - b);
  assert.deepEqual(await numbers(found.users), providers.flatMap(of));
  assert.equal(found.providers.length, 2);
  const few = await books.settlement.busy(since, 3);
  assert.deepEqual([few.providers.length, few.users.length], [2, 1], "providers first: each has many users");
});
