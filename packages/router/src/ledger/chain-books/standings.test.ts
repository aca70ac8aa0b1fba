import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import { createStandings } from "./standings.ts";
import type { UserStanding } from "./standings.ts";

async function standingOf(books: ChainBooks, user: number): Promise<UserStanding | undefined> {
  const { users } = await createStandings(books.database).read();
  return users.find((row) => row.user === user);
}

test("a user stands with everything that is owed to him and what of his escrow is posted", async (t) => {
  const books = await openChainBooks(t);
  const who = await books.addDepositor(1_000_000n);
  await books.owe(who, books.provider, 300_000n, 7n);
  await books.ledger.lock(books.lockOf(who, 50_000n));
  await books.ask("user", who.user, 100_000n);
  const before = await standingOf(books, who.user);
  assert.equal(before!.owed, 1_000_000_000n);
  await books.cut([[who.user, books.provider]]);
  const found = await standingOf(books, who.user);
  const { wallet: _, ...rest } = found!;
  assert.deepEqual(rest, {
    user: who.user,
    owed: 1_000_000_000n,
    openedSlot: 1n,
    deposited: 1_000_000n,
    settled: 0n,
    withdrawn: 0n,
    isHalted: false,
  });
});

test("whoever has no escrow and is owed nothing does not stand there, whoever is owed does", async (t) => {
  const books = await openChainBooks(t);
  const [nobody, creditor] = [await books.addUser(0n), await books.addUser(5n)];
  assert.equal(await standingOf(books, nobody.user), undefined);
  assert.deepEqual(
    [(await standingOf(books, creditor.user))!.owed, (await standingOf(books, creditor.user))!.openedSlot],
    [5n, 0n],
  );
});

test("a provider stands with what it may claim, and the router with its own", async (t) => {
  const books = await openChainBooks(t);
  const standings = createStandings(books.database);
  const who = await books.addDepositor(1_000_000n);
  const idle = await books.addWallet();
  await books.owe(who, books.provider, 400_000n);
  const batch = (await books.cut([[who.user, books.provider]]))!;
  await books.send(batch);
  assert.equal((await standings.read()).openBatches, 1);
  await books.observe(who.user, { settled: 400_000n, settleSeq: 1n });
  await books.observeProvider(books.provider, { earned: 390_000n });
  await books.ask("provider", books.provider, 90_000n);
  await books.owe(who, books.provider, 20_000n);
  await books.cut([[who.user, books.provider]]);
  const { providers, fees, openBatches } = await standings.read();
  assert.equal(
    providers.some(({ provider }) => provider === idle),
    false,
  );
  const { wallet: _, ...provider } = providers.find((row) => row.provider === books.provider)!;
  assert.deepEqual(provider, {
    provider: books.provider,
    owed: 390_000_000n,
    earned: 390_000n,
    withdrawn: 0n,
  });
  assert.deepEqual({ fees, openBatches }, { fees: 10_000_000n, openBatches: 1 });
});

test("those who are halted are exactly those who are named", async (t) => {
  const books = await openChainBooks(t);
  const standings = createStandings(books.database);
  const [ann, ben, eve] = [await books.addDepositor(10n), await books.addDepositor(10n), await books.addDepositor(10n)];
  const halted = async (): Promise<number[]> =>
    (await standings.read()).users
      .filter(({ isHalted }) => isHalted)
      .map(({ user }) => user)
      .toSorted((one, other) => one - other);
  await standings.halt(books.watcher, [ann.user, ben.user]);
  assert.deepEqual(
    await halted(),
    [ann.user, ben.user].toSorted((one, other) => one - other),
  );
  await standings.halt(books.watcher, [ben.user, eve.user]);
  assert.deepEqual(
    await halted(),
    [ben.user, eve.user].toSorted((one, other) => one - other),
  );
  await standings.halt(books.watcher, []);
  assert.deepEqual(await halted(), []);
});

test("the newest of what the chain did unasked comes first, and no more than asked for", async (t) => {
  const books = await openChainBooks(t);
  const standings = createStandings(books.database);
  const who = await books.addDepositor(1_000_000n);
  await books.observe(who.user, { settled: 5n, settleSeq: 1n });
  await books.observe(who.user, { settled: 12n, settleSeq: 2n });
  await books.observeFees(3n, { adopts: true });
  const [fees, user, ...others] = await standings.surprises(2);
  assert.deepEqual(others, []);
  assert.deepEqual([fees!.kind, fees!.wallet, fees!.amount], ["fees from elsewhere", undefined, 3n]);
  const { users } = await standings.read();
  assert.deepEqual([user!.kind, user!.wallet, user!.amount], ["settled elsewhere", users[0]!.wallet, 7n]);
});
