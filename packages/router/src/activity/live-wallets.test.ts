// Following a wallet live: what is told, to whom and when, from one database and several instances.
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Database, Query } from "../ledger/database/database.ts";
import { LIVE_HINT_MS, LIVE_LISTENERS_MAX, LIVE_LISTENERS_PER_WALLET_MAX, LIVE_LOOK_MS } from "./limits.ts";
import { createLog } from "../log.ts";
import type { Party, PostedGenerations, PostedKey } from "../test-bed/posted-generations.ts";
import { createPostedGenerations } from "../test-bed/posted-generations.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { createGenerations } from "./generations.ts";
import { createLiveReader } from "./live-reader.ts";
import type { LiveEvent, LiveListener } from "./live-wallet.ts";
import type { LiveWallets } from "./live-wallets.ts";
import { createLiveWallets } from "./live-wallets.ts";

const NOW = Date.UTC(2026, 10, 25, 8);

/** A listener that writes down what it is told. */
interface Ear extends LiveListener {
  readonly events: LiveEvent[];
  looks: number;
  generations(): string[];
}

function createEar(): Ear {
  const events: LiveEvent[] = [];
  return {
    events,
    looks: 0,
    told: (event) => void events.push(event),
    looked() {
      this.looks += 1;
    },
    generations: () => events.flatMap((event) => (event.kind === "generation" ? [event.generation.id] : [])),
  };
}

describe("a wallet that is followed live", () => {
  let database: Database;
  let posted: PostedGenerations;
  let clock: ManualClock;
  let live: LiveWallets;
  let statements: string[];
  let failure: Error | undefined;
  let user: Party;
  let provider: Party;
  let key: PostedKey;

  const createInstance = (): LiveWallets => {
    const query: Query = (text, values) => {
      statements.push(text);
      return failure === undefined ? database.query(text, values) : Promise.reject(failure);
    };
    const watched = { ...database, query };
    const reader = createLiveReader(watched, createGenerations(watched), clock);
    return createLiveWallets({ clock, log: createLog("silent"), reader });
  };
  before(async () => (database = await openTestDatabase()));
  after(() => database.close());
  beforeEach(async () => {
    clock = manualClock(NOW);
    statements = [];
    failure = undefined;
    posted = await createPostedGenerations(database, clock);
    [user, provider] = [await posted.party(), await posted.party()];
    key = await posted.key(user);
    await posted.deposit(user, 1_000_000n);
    live = createInstance();
  });

  /** Waits, without letting time pass, until the ear has heard of so many looks in all. */
  const looked = async (ear: Ear, looks: number): Promise<void> => {
    while (ear.looks < looks) await setImmediate();
  };
  const answer = (atMs = clock.now() - 500, cost = 1n): Promise<string> =>
    posted.answer({ key, provider, atMs, cost, durationMs: 500 });

  test("is told how it stands at once, and then only what changes", async () => {
    const ear = createEar();
    const leave = live.follow(user.wallet, ear);
    await looked(ear, 1);
    assert.deepEqual(
      ear.events.map(({ kind }) => kind),
      ["balance", "earnings"],
    );
    clock.advance(LIVE_LOOK_MS - 1);
    assert.equal(ear.looks, 1);
    clock.advance(1);
    await looked(ear, 2);
    assert.equal(ear.events.length, 2);
    const id = await answer();
    clock.advance(LIVE_LOOK_MS);
    await looked(ear, 3);
    const [, , generation, balance] = ear.events;
    assert.ok(generation?.kind === "generation" && balance?.kind === "balance");
    assert.deepEqual(
      [generation.generation.id, balance.balance.available, balance.balance.payable],
      [id, 999_999n, 1n],
    );
    assert.equal(ear.events.length, 4);
    leave();
    assert.equal(clock.waiting, 0);
  });

  test("is told of an answer at once where a hint says so, and in a moment where one follows another", async () => {
    const ear = createEar();
    live.follow(user.wallet, ear);
    await looked(ear, 1);
    clock.advance(LIVE_HINT_MS);
    const first = await answer();
    live.hint(user.wallet);
    await looked(ear, 2);
    assert.deepEqual(ear.generations(), [first]);
    const second = await answer();
    live.hint(user.wallet);
    clock.advance(LIVE_HINT_MS - 1);
    await setImmediate();
    assert.equal(ear.looks, 2);
    clock.advance(1);
    await looked(ear, 3);
    assert.deepEqual(ear.generations(), [first, second]);
  });

  test("is told by every instance what any of them posted, long answers too, each once", async () => {
    const other = createInstance();
    const [here, there] = [createEar(), createEar()];
    live.follow(user.wallet, here);
    other.follow(user.wallet, there);
    await Promise.all([looked(here, 1), looked(there, 1)]);
    const short = await answer();
    clock.advance(LIVE_LOOK_MS);
    await Promise.all([looked(here, 2), looked(there, 2)]);
    const long = await posted.answer({ key, provider, atMs: clock.now() - 600_000, durationMs: 599_000 });
    clock.advance(LIVE_LOOK_MS);
    await Promise.all([looked(here, 3), looked(there, 3)]);
    clock.advance(LIVE_LOOK_MS);
    await Promise.all([looked(here, 4), looked(there, 4)]);
    assert.deepEqual(
      [here.generations(), there.generations()],
      [
        [short, long],
        [short, long],
      ],
    );
  });

  test("costs one statement a second however many listen, and none when nobody does", async () => {
    const ears = [createEar(), createEar(), createEar()];
    const leaves = ears.map((ear) => live.follow(user.wallet, ear));
    for (const ear of ears) await looked(ear, 1);
    clock.advance(LIVE_HINT_MS);
    while (ears.some(({ looks }) => looks < 2)) await setImmediate();
    statements = [];
    for (let round = 3; round < 6; round += 1) {
      clock.advance(LIVE_LOOK_MS);
      for (const ear of ears) await looked(ear, round);
    }
    assert.equal(statements.length, 3);
    for (const leave of leaves) leave();
    clock.advance(10 * LIVE_LOOK_MS);
    await setImmediate();
    assert.equal(statements.length, 3);
    assert.equal(clock.waiting, 0);
  });

  test("that was followed before is told what ended meanwhile, in the order it ended, and nothing of others", async () => {
    const last = await answer(NOW - 60_000);
    const stranger = await posted.party();
    await posted.deposit(stranger, 100n);
    const strangers = await posted.answer({ key: await posted.key(stranger), provider, atMs: NOW - 20_000 });
    const long = await posted.answer({ key, provider, atMs: NOW - 300_000, durationMs: 299_000 });
    const short = await answer(NOW - 10_000);
    await answer(NOW - 70_000);
    const ear = createEar();
    live.follow(user.wallet, ear, last);
    await looked(ear, 1);
    assert.deepEqual(ear.generations(), [short, long]);
    const curious = createEar();
    live.follow(user.wallet, curious, strangers);
    clock.advance(LIVE_HINT_MS);
    await looked(curious, 1);
    assert.deepEqual(curious.generations(), []);
  });

  test("is not told of what ended before anybody listened", async () => {
    await answer(NOW - 10_000);
    const ear = createEar();
    live.follow(user.wallet, ear);
    await looked(ear, 1);
    assert.deepEqual(ear.generations(), []);
  });

  test("as a provider is told of its earnings and of no generation it served", async () => {
    const ear = createEar();
    live.follow(provider.wallet, ear);
    await looked(ear, 1);
    await answer(clock.now() - 500, 77n);
    clock.advance(LIVE_LOOK_MS);
    await looked(ear, 2);
    const last = ear.events.at(-1);
    assert.deepEqual(last, { kind: "earnings", earnings: { claimable: 0n, withdrawing: 0n, payable: 77n } });
    assert.deepEqual(ear.generations(), []);
  });

  test("is told of everything once the database is back", async () => {
    const ear = createEar();
    live.follow(user.wallet, ear);
    await looked(ear, 1);
    const id = await answer();
    for (const error of [new AimoError("ledger_unavailable", {}), new Error("nonsense")]) {
      failure = error;
      clock.advance(LIVE_LOOK_MS);
      await looked(ear, ear.looks + 1);
    }
    assert.deepEqual(ear.generations(), []);
    failure = undefined;
    clock.advance(LIVE_LOOK_MS);
    await looked(ear, 4);
    assert.deepEqual(ear.generations(), [id]);
  });

  test("has so many listeners and no more, and all wallets together too", () => {
    const leaves: (() => void)[] = [];
    const follow = (wallet: string): void => void leaves.push(live.follow(wallet, createEar()));
    for (let count = 0; count < LIVE_LISTENERS_PER_WALLET_MAX; count += 1) follow(user.wallet);
    assert.throws(
      () => follow(user.wallet),
      (error) => isAimoError(error, "too_many_concurrent"),
    );
    for (let count = leaves.length; count < LIVE_LISTENERS_MAX; count += 1) follow(`${"1".repeat(28)}${1_000 + count}`);
    assert.throws(
      () => follow(provider.wallet),
      (error) => isAimoError(error, "overloaded"),
    );
    leaves[0]?.();
    leaves[0]?.();
    follow(provider.wallet);
    assert.throws(
      () => follow(user.wallet),
      (error) => isAimoError(error, "overloaded"),
    );
    live.close();
    assert.equal(clock.waiting, 0);
  });
});
