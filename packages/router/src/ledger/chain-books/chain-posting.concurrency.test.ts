import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { insistOnAgreement } from "../../test-bed/chain-books-agreement.ts";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import type { MoneyWorld } from "../../test-bed/chain-books-world.ts";
import {
  cut,
  fail,
  finish,
  insistOnBooks,
  land,
  lookAtFees,
  lookAtProvider,
  lookAtUser,
  openMoneyWorld,
  PARTIES,
  request,
  send,
} from "../../test-bed/chain-books-world.ts";
import type { Query } from "../database/database.ts";
import type { Ledger } from "../ledger.ts";
import { createChainPosting } from "./chain-posting.ts";
import { createSettlement } from "./settlement.ts";

// How long everything runs against everything: two seconds in the suite, a minute for whoever wants to be sure.
const LOAD_MS = Number(process.env["AIMO_LEDGER_LOAD_MS"] ?? 2_000);
const CLIENTS = 24;
const PLACES = Array.from({ length: PARTIES }, (_, place) => place);
const POSTED = {
  openedSlot: 1n,
  deposited: microUsdc(100n),
  settled: microUsdc(30n),
  withdrawn: microUsdc(0n),
  settleSeq: 3n,
  withdrawSeq: 0n,
  feeBps: 0,
  allowance: nanoUsdc(10n ** 12n),
  stopsAt: new Date("2100-01-01T00:00:00Z"),
  exitDueAt: undefined,
  isUrgent: false,
};
const PATIENT = { ago: 0, isPatient: true, adopts: false };

/** Does something again and again; a database that is busy for once is no fault. Gives how often it was done. */
async function repeatedly(untilMs: number, act: (turn: number) => Promise<unknown>): Promise<number> {
  let done = 0;
  for (let turn = 0; systemClock.monotonic() < untilMs; turn += 1) {
    try {
      await act(turn);
      done += 1;
    } catch (error) {
      if (!isAimoError(error, "ledger_unavailable")) throw error;
    }
  }
  return done;
}

/** One client after the other: locks, and is charged. */
function spend(
  { books, users, providers }: MoneyWorld,
  ledgers: readonly Ledger[],
  untilMs: number,
): Promise<number[]> {
  const client = (first: number): Promise<number> =>
    repeatedly(untilMs, async (turn) => {
      const n = first + turn * CLIENTS;
      const [who, provider, ledger] = [users[n % PARTIES], providers[(n >> 1) % PARTIES], ledgers[n % ledgers.length]];
      assert.ok(who && provider !== undefined && ledger);
      const lock = books.lockOf(who, BigInt(n % 5) * 900n, { provider });
      const { granted } = await ledger.lock(lock);
      if (granted !== undefined && n % 7 > 0) await ledger.charge(books.chargeOf(lock, granted / BigInt((n % 3) + 1)));
    });
  return Promise.all(Array.from({ length: CLIENTS }, (_, index) => client(index)));
}

async function settle(world: MoneyWorld, turn: number): Promise<void> {
  const { books } = world;
  await books.settlement.due({
    at: books.now(),
    since: books.now(),
    least: microUsdc(1n),
    sponsorMin: microUsdc(0n),
    most: 100,
  });
  await cut(world, turn % 2 === 0 ? [0, 1, 2] : [(turn >> 1) % PARTIES], BigInt(5 + (turn % 40)));
  if (turn % 3 === 0) await fail(world, turn, turn % PARTIES);
  for (let place = 0; place < 2; place += 1) {
    await send(world, turn + place);
    await land(world, turn + place, turn % 4 > 0);
  }
}

/** All users at once, then all providers at once, as a watcher does. */
async function watch(world: MoneyWorld): Promise<void> {
  await Promise.all(PLACES.map((place) => lookAtUser(world, place, PATIENT)));
  await Promise.all(PLACES.map((place) => lookAtProvider(world, place, PATIENT)));
  await lookAtFees(world, PATIENT);
}

async function withdraw(world: MoneyWorld, turn: number): Promise<void> {
  await request(world, turn % 2 === 0 ? "user" : "provider", turn % PARTIES, BigInt(1 + (turn % 9)));
  await finish(world, turn, turn % 3 === 0 ? "dead" : "landed");
}

function move({ chain }: MoneyWorld, turn: number): void {
  const user = turn % PARTIES;
  chain.deposit(user, 30n, 1_000_000n);
  if (turn % 11 === 0) chain.requestExit(user);
  if (turn % 11 === 3) for (const place of PLACES) chain.finalizeExit(place);
  if (turn % 13 === 0) chain.exitProvider(user, 2n);
  if (turn % 17 === 0) chain.allow(user, 1_000_000n);
}

test("requests, cuts, postings, withdrawals and exits of the same users never wait for each other in a ring, and nothing is lost", async (t) => {
  const world = await openMoneyWorld(t);
  const { books, chain } = world;
  const second = await books.another();
  for (const place of PLACES) chain.deposit(place, 5_000n, 1_000_000n);
  await watch(world);
  const untilMs = systemClock.monotonic() + LOAD_MS;
  const [requests, batches, looks, withdrawals] = await Promise.all([
    spend(world, [books.ledger, second.ledger], untilMs),
    repeatedly(untilMs, (turn) => settle(world, turn)),
    repeatedly(untilMs, async (turn) => {
      move(world, turn);
      await watch(world);
    }),
    repeatedly(untilMs, (turn) => withdraw(world, turn)),
    repeatedly(untilMs, () => books.row("SELECT ledger_expire($1, 50)", [books.now()])),
  ]);
  const counts = [requests.reduce((sum, count) => sum + count, 0), batches, looks, withdrawals];
  t.diagnostic(`${counts.join(", ")} requests, turns of settling, looks, withdrawals`);
  assert.ok(
    counts.every((count) => count > 3),
    counts.join(),
  );
  assert.deepEqual([...books.refused, ...second.refused], [], "no batch of requests was refused");
  const deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
  assert.deepEqual(await books.row(deadlocks), { deadlocks: 0n });
  await insistOnAgreement(world);
  await insistOnBooks(world);
  const { landed } = await books.row("SELECT count(*) AS landed FROM settle_batches WHERE state = 'landed'");
  assert.ok((landed as bigint) > 3n);
});

/** Users who owe three providers each, the same ones, and in another order; gives how they are paired, user by user. */
async function openCrowd(
  t: TestContext,
): Promise<ChainBooks & { pairs: readonly (readonly [number, number])[][]; providers: readonly number[] }> {
  const books = await openChainBooks(t);
  const users = await Promise.all(Array.from({ length: 6 }, () => books.addDepositor(100n)));
  const providers = [books.provider, await books.addWallet(), await books.addWallet()];
  const pairs: [number, number][][] = [];
  for (const [place, who] of users.entries()) {
    const order = place % 2 === 0 ? providers : providers.toReversed();
    for (const provider of order) await books.owe(who, provider, 10n);
    pairs.push(order.map((provider) => [who.user, provider]));
  }
  return { ...books, pairs, providers };
}

for (const batches of ["one batch", "batches of their own"]) {
  test(`users in ${batches} and providers who are posted at the same time do not wait for each other in a ring, and each batch ends`, async (t) => {
    const { pairs, providers, ...books } = await openCrowd(t);
    for (let round = 1n; round <= 5n; round += 1n) {
      for (const part of batches === "one batch" ? [pairs.flat()] : pairs) await books.cut(part, 2n);
      const seen = { deposited: 100n + round, settled: round * 6n, settleSeq: round * 3n };
      const exit = { earned: round * 12n, withdrawn: round - 1n };
      const outcomes = await Promise.all([
        ...pairs.map(([pair]) => books.observe(pair?.[0] ?? 0, seen)),
        ...providers.map((provider) => books.observeProvider(provider, exit)),
        books.observeFees(0n),
      ]);
      assert.deepEqual(new Set(outcomes), new Set(["posted", 0n]));
      assert.deepEqual(await books.settlement.open(9), []);
    }
    assert.deepEqual(await books.faults(), []);
  });
}

/** Begins one thing, holds its transaction open until the other has ended or waits for it, and lets both end. */
async function overlap(
  books: ChainBooks,
  one: (query: Query) => Promise<unknown>,
  other: () => Promise<unknown>,
): Promise<void> {
  const begun = Promise.withResolvers<void>();
  const hold = Promise.withResolvers<void>();
  const first = books.database.transaction(async (query) => {
    await one(query);
    begun.resolve();
    await hold.promise;
  });
  await begun.promise;
  const end = { isThere: false };
  const second = other().finally(() => (end.isThere = true));
  const waiting =
    "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  for (let waits = 0; !end.isThere && waits === 0;) waits = (await books.row(waiting))["n"] as number;
  hold.resolve();
  await Promise.all([first, second]);
}

for (const comesFirst of ["the posting", "the moving"]) {
  test(`where one user of a batch is posted while another is moved out of it, and ${comesFirst} began first, the batch ends`, async (t) => {
    const { pairs, ...books } = await openCrowd(t);
    const [first = 0, second = 0] = pairs.map(([pair]) => pair?.[0] ?? 0);
    const batch = await books.cut([...(pairs[0] ?? []), ...(pairs[1] ?? [])]);
    assert.ok(batch);
    const post = (user: number): Promise<unknown> => books.observe(user, { settled: 30n, settleSeq: 3n });
    const moveOut = (user: number, query: Query = books.database.query): Promise<unknown> =>
      createSettlement({ query }).split(books.settler, books.now(), batch, books.id(), [user]);
    if (comesFirst === "the posting") {
      const posted = { ...POSTED, user: first, source: "test" };
      const posting = { at: books.now(), fence: books.watcher, ref: books.id(), slot: books.slot(), isPatient: true };
      await overlap(
        books,
        (query) => createChainPosting({ query }).escrow(posting, posted),
        () => moveOut(second),
      );
    } else {
      await overlap(
        books,
        (query) => moveOut(first, query),
        () => post(first),
      );
      await post(second);
    }
    const open = await books.settlement.open(9);
    assert.deepEqual(
      open.map(({ entries }) => entries.map(({ user }) => user)),
      comesFirst === "the posting" ? [[second, second, second]] : [],
    );
    assert.deepEqual(await books.faults(), []);
  });
}

test("users who are posted while their entries are moved to another batch end both", async (t) => {
  const { pairs, ...books } = await openCrowd(t);
  const users = pairs.map(([pair]) => pair?.[0] ?? 0);
  for (let round = 1n; round <= 5n; round += 1n) {
    const batch = await books.cut(pairs.flat(), 2n);
    assert.ok(batch);
    const seen = { settled: round * 6n, settleSeq: round * 3n };
    await Promise.all([
      ...users.map((user) => books.observe(user, seen)),
      ...users.map((user) => books.settlement.split(books.settler, books.now(), batch, books.id(), [user])),
    ]);
    assert.deepEqual(await books.settlement.open(99), []);
  }
  assert.deepEqual(await books.faults(), []);
});
