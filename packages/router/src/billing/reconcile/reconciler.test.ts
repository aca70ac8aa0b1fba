import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { microUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import { pino } from "pino";
import type { ChainSide } from "../../chain/chain-side.ts";
import { chainSideOf } from "../../chain/chain-side.ts";
import { hasLostLeadership } from "../../ledger/database/database-error.ts";
import { createStandings } from "../../ledger/chain-books/standings.ts";
import type { LedgerUser } from "../../test-bed/ledger-bed.ts";
import { WatchBed } from "../../test-bed/watch-bed.ts";
import { DIFFERENCES_LOGGED_MAX, SHORT_USERS_MAX } from "../limits.ts";
import type { Reconciler } from "./reconciler.ts";
import { createReconciler } from "./reconciler.ts";

interface Bench {
  readonly bed: WatchBed;
  readonly shorts: bigint[];
  readonly logged: string[];
  reconciler: Reconciler;
  /** One that remembers nothing, as after a restart. */
  restart(): void;
  /** Posts everything there is, and compares; gives what differs. */
  look(change?: (side: ChainSide) => ChainSide): Promise<string[]>;
  payer(person: WatchBed["people"]["ann"]): Promise<LedgerUser>;
}

async function openBench(t: TestContext): Promise<Bench> {
  const bed = await WatchBed.open(t);
  const shorts: bigint[] = [];
  const logged: string[] = [];
  const log = pino({}, { write: (line: string) => void logged.push(line) });
  const create = (): Reconciler =>
    createReconciler({
      log,
      standings: createStandings(bed.books.database),
      short: (nanoUsdcs) => void shorts.push(nanoUsdcs),
    });
  const bench: Bench = {
    bed,
    shorts,
    logged,
    reconciler: create(),
    restart: () => void (bench.reconciler = create()),
    async look(change = (side) => side) {
      const observation = await bed.whole();
      await bed.watch.observe(observation);
      const outcome = await bench.reconciler.reconcile(bed.books.watcher, change(chainSideOf(observation)));
      return outcome.differences.map(({ account, kind }) => `${account} ${kind}`);
    },
    async payer(person) {
      const user = await bed.numberOf(person);
      return { user, key: await bed.books.addKey(user) };
    },
  };
  await bench.look();
  return bench;
}

/** Lets the ledger say that a user has more than it does. */
async function lose({ bed }: Bench, { user }: LedgerUser, nano: bigint): Promise<void> {
  await bed.books.database.query("UPDATE users SET available = available + $2 WHERE id = $1", [user, nano]);
}

/** Whether a user may lock something. */
async function mayLock({ bed }: Bench, who: LedgerUser): Promise<boolean> {
  const lock = bed.books.lockOf(who, 1_000n);
  const { refusal } = await bed.books.ledger.lock(lock);
  if (refusal !== undefined) return false;
  await bed.books.ledger.charge(bed.books.chargeOf(lock, 0n, { kind: "released", amount: nanoUsdc(0n) }));
  return true;
}

test("books that agree halt nobody", async (t) => {
  const bench = await openBench(t);
  assert.deepEqual(await bench.look(), []);
  assert.deepEqual([bench.shorts, bench.reconciler.isHalted], [[0n, 0n], false]);
  assert.ok(await mayLock(bench, await bench.payer(bench.bed.people.ann)));
});

test("whoever is short twice promises nothing more, and everybody else goes on; when it is mended he goes on too", async (t) => {
  const bench = await openBench(t);
  const [ann, ben] = [await bench.payer(bench.bed.people.ann), await bench.payer(bench.bed.people.ben)];
  await lose(bench, ann, 5n);
  assert.deepEqual(await bench.look(), ["user short"]);
  assert.equal(bench.shorts.at(-1), 5n);
  assert.match(bench.logged.join(""), /the chain has less than the ledger/);
  assert.ok(await mayLock(bench, ann), "once may be a moment that was not one");
  await bench.look();
  assert.deepEqual([await mayLock(bench, ann), await mayLock(bench, ben)], [false, true]);
  assert.equal(bench.reconciler.isHalted, false);
  await lose(bench, ann, -5n);
  assert.deepEqual(await bench.look(), []);
  assert.deepEqual([await mayLock(bench, ann), bench.shorts.at(-1)], [true, 0n]);
});

test("two who are short once each, one after the other, are not one who is short twice", async (t) => {
  const bench = await openBench(t);
  const [ann, ben] = [await bench.payer(bench.bed.people.ann), await bench.payer(bench.bed.people.ben)];
  await lose(bench, ann, 5n);
  await bench.look();
  await lose(bench, ann, -5n);
  await lose(bench, ben, 5n);
  await bench.look();
  assert.deepEqual([await mayLock(bench, ann), await mayLock(bench, ben)], [true, true]);
});

test("whoever is short, then not, then again is not short twice", async (t) => {
  const bench = await openBench(t);
  const ann = await bench.payer(bench.bed.people.ann);
  for (const nano of [5n, -5n, 5n]) {
    await lose(bench, ann, nano);
    await bench.look();
  }
  assert.equal(await mayLock(bench, ann), true);
});

test("whoever is halted stays so after a restart, and while something is on its way", async (t) => {
  const bench = await openBench(t);
  const ann = await bench.payer(bench.bed.people.ann);
  await lose(bench, ann, 5n);
  await bench.look();
  await bench.look();
  bench.restart();
  await bench.look();
  assert.equal(await mayLock(bench, ann), false);
  // A deposit that is not posted yet: nobody can say now whether it is mended.
  assert.deepEqual(
    await bench.look((side) => ({
      ...side,
      escrows: side.escrows.map((one) =>
        one.wallet === bench.bed.people.ann ? { ...one, deposited: microUsdc(one.deposited + 1n) } : one,
      ),
    })),
    ["user on its way"],
  );
  assert.equal(await mayLock(bench, ann), false);
  await lose(bench, ann, -6n);
  assert.deepEqual(await bench.look(), ["user surplus"]);
  assert.equal(await mayLock(bench, ann), true);
});

test("a surplus and what is on its way alarm nobody", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const ann = await bench.payer(bed.people.ann);
  await lose(bench, ann, -5n);
  for (let looks = 0; looks < 2; looks++) assert.deepEqual(await bench.look(), ["user surplus"]);
  bed.scene.land(bed.scene.ask.deposit(bed.people.ben, bed.usdc));
  const later = chainSideOf(await bed.whole()); // and nobody has posted it
  for (let looks = 0; looks < 2; looks++) await bench.reconciler.reconcile(bed.books.watcher, later);
  assert.deepEqual([...new Set(bench.shorts)], [0n]);
  assert.ok(await mayLock(bench, ann));
});

test("a batch on its way, one that has landed and is not posted, and requests that run are no differences", async (t) => {
  const bench = await openBench(t);
  const { bed } = bench;
  const { ann, pat } = bed.people;
  const batch = await bed.bill(ann, 5_000_000n, pat);
  await bed.books.ledger.lock(bed.books.lockOf(await bench.payer(ann), 7_000n));
  assert.deepEqual(await bench.look(), []);
  await bed.land(batch);
  const landed = chainSideOf(await bed.whole());
  const { differences } = await bench.reconciler.reconcile(bed.books.watcher, landed);
  assert.deepEqual([...new Set(differences.map(({ kind }) => kind))], ["on its way"]);
  assert.deepEqual(await bench.look(), []);
  assert.deepEqual([...new Set(bench.shorts)], [0n]);
});

test("a vault that is short twice stops everybody until it is filled", async (t) => {
  const bench = await openBench(t);
  const short = (side: ChainSide): ChainSide => ({ ...side, vaultAmount: side.vaultAmount - 1n });
  assert.deepEqual(await bench.look(short), ["vault short"]);
  assert.equal(bench.reconciler.isHalted, false);
  await bench.look(short);
  assert.equal(bench.reconciler.isHalted, true);
  assert.equal(bench.shorts.at(-1), 1_000n);
  await bench.look();
  assert.equal(bench.reconciler.isHalted, false);
});

test("a vault that is short when a leader looks first stops everybody at once: it may have been so before", async (t) => {
  const bench = await openBench(t);
  bench.restart();
  assert.equal(bench.reconciler.isHalted, false);
  await bench.look((side) => ({ ...side, vaultAmount: side.vaultAmount - 1n }));
  assert.equal(bench.reconciler.isHalted, true);
});

test("very many users who are short stop everybody, as many as are bearable do not", async (t) => {
  const bench = await openBench(t);
  const { books } = bench.bed;
  const users: LedgerUser[] = [];
  for (let count = 0; count < SHORT_USERS_MAX; count++) users.push(await books.addDepositor(1_000n));
  await books.database.query("UPDATE users SET available = available + 1");
  const escrows = await books.database.query<{ wallet: Uint8Array; slot: bigint }>(
    "SELECT w.address AS wallet, e.opened_slot AS slot FROM escrows e JOIN wallets w ON w.id = e.user_id",
  );
  assert.equal(escrows.length, SHORT_USERS_MAX + 2);
  const standings = createStandings(books.database);
  const { users: rows } = await standings.read();
  const sideOf = (short: number): ChainSide => ({
    slot: 1n,
    providers: [],
    ...{ vaultAmount: 0n, totalUser: 0n, totalProvider: 0n, feeAccrued: 0n },
    escrows: rows.map((row, place) => ({
      wallet: row.wallet,
      openedSlot: row.openedSlot,
      deposited: microUsdc(row.deposited),
      settled: microUsdc(row.settled),
      withdrawn: microUsdc(place < short ? row.withdrawn : row.withdrawn + 1n),
      settleSeq: 0n,
      withdrawSeq: 0n,
      allowance: microUsdc(0n),
      stopsAt: 0n,
      exitDueAt: undefined,
      isUrgent: false,
    })),
  });
  for (const short of [SHORT_USERS_MAX, SHORT_USERS_MAX + 1]) {
    await bench.reconciler.reconcile(books.watcher, sideOf(short));
    await bench.reconciler.reconcile(books.watcher, sideOf(short));
    const { n } = await books.row("SELECT count(*) AS n FROM users WHERE is_halted");
    assert.equal(n, BigInt(short));
    assert.equal(bench.reconciler.isHalted, short > SHORT_USERS_MAX);
  }
  const lines = bench.logged.filter((line) => line.includes("the chain has less"));
  assert.equal(lines.length, 4 * DIFFERENCES_LOGGED_MAX);
});

test("whoever has lost the lead halts nobody", async (t) => {
  const bench = await openBench(t);
  const ann = await bench.payer(bench.bed.people.ann);
  await lose(bench, ann, 5n);
  await bench.look();
  const side = chainSideOf(await bench.bed.whole());
  await bench.bed.books.lead("watcher");
  await assert.rejects(bench.reconciler.reconcile(bench.bed.books.watcher, side), hasLostLeadership);
  assert.ok(await mayLock(bench, ann));
});
