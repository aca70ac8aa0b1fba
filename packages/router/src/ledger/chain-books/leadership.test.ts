import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import { createLog } from "../../log.ts";
import type { ChainBooks } from "../../test-bed/chain-books-bed.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import { hasLostLeadership } from "../database/database-error.ts";
import type { Database } from "../database/database.ts";
import { openDatabase } from "../database/database.ts";
import { LEADERSHIP_TRY_MS } from "../limits.ts";
import type { Leadership, LeaderJob } from "./leadership.ts";
import { leadJob } from "./leadership.ts";

const LOOKS_MAX = 500;
const LOOK_MS = 10;
const PATIENCE_MS = 60_000;

/** Looks again and again until something holds. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let looks = 0; !(await holds()); looks += 1) {
    assert.ok(looks < LOOKS_MAX, what);
    await new Promise<void>((resolve) => void systemClock.timer(LOOK_MS, resolve));
  }
}

type Write = (books: ChainBooks, fence: bigint) => Promise<unknown>;

/** Every write of the watcher, with a fence of its own. */
const WATCHER: Readonly<Record<string, Write>> = {
  escrow: async (books) => await books.observe(await books.addWallet(), { deposited: 1n }),
  "escrow gone": async (books) => await books.gone(await books.addWallet()),
  provider: async (books) => await books.observeProvider(books.provider, { earned: 1n, adopts: true }),
  fees: async (books) => await books.observeFees(1n, { adopts: true }),
  pause: async ({ posting }, fence) => await posting.pause(fence, true),
  "expired withdrawal": async ({ withdrawals, now, id }, fence) =>
    await withdrawals.expire(fence, now(), id(), "expired"),
};

/** A batch of one entry. */
async function cutOne(books: ChainBooks): Promise<bigint> {
  const who = await books.addDepositor(100n);
  await books.owe(who, books.provider, 10n);
  const batch = await books.cut([[who.user, books.provider]]);
  assert.ok(batch);
  return batch;
}

const SETTLER: Readonly<Record<string, (books: ChainBooks, batch: bigint) => Promise<unknown>>> = {
  cut: async (books) => await books.cut([]),
  root: ({ settlement, settler }, batch) => settlement.setRoot(settler, batch, new Uint8Array(32)),
  signed: ({ settlement, settler }, batch) =>
    settlement.signed(settler, batch, { signature: "s", wire: "AA==", lastValidBlockHeight: 1n }),
  again: ({ settlement, settler, now }, batch) => settlement.again(settler, batch, "expired", now()),
  split: ({ settlement, settler, now, id }, batch) => settlement.split(settler, now(), batch, id(), []),
  logged: async ({ settlement, settler, batch: read }, batch) => {
    const { entries } = await read(batch);
    const lines = entries.map(({ id }) => ({ id, applied: microUsdc(1n), fee: microUsdc(0n) }));
    await settlement.logged(settler, batch, 1n, lines);
  },
};

async function everything(books: ChainBooks): Promise<unknown> {
  return await books.row(`SELECT (SELECT json_agg(b ORDER BY id) FROM settle_batches b) AS batches,
    (SELECT json_agg(x ORDER BY id) FROM settle_entries x) AS entries, (SELECT json_agg(j ORDER BY seq) FROM journal j) AS journal,
    (SELECT json_agg(r) FROM router_accounts r) AS router, (SELECT json_agg(e) FROM escrows e) AS escrows`);
}

for (const [name, write] of Object.entries(WATCHER)) {
  test(`whoever does not lead the watching any more is refused: ${name}`, async (t) => {
    const books = await openChainBooks(t);
    await books.lead("settler");
    await write(books, books.watcher);
    await books.lead("watcher");
    const before = await everything(books);
    await assert.rejects(write(books, books.watcher), hasLostLeadership);
    assert.deepEqual(await everything(books), before);
  });
}

for (const [name, write] of Object.entries(SETTLER)) {
  test(`whoever does not lead the settling any more is refused: ${name}`, async (t) => {
    const books = await openChainBooks(t);
    const batch = await cutOne(books);
    if (name === "signed") await books.settlement.setRoot(books.settler, batch, new Uint8Array(32));
    await books.lead("settler");
    const before = await everything(books);
    await assert.rejects(write(books, batch), hasLostLeadership);
    assert.deepEqual(await everything(books), before);
  });
}

test("whoever does not lead the settling any more is refused: sent", async (t) => {
  const books = await openChainBooks(t);
  const batch = await cutOne(books);
  await books.settlement.setRoot(books.settler, batch, new Uint8Array(32));
  await books.settlement.signed(books.settler, batch, { signature: "s", wire: "AA==", lastValidBlockHeight: 1n });
  await books.lead("settler");
  await assert.rejects(books.settlement.sent(books.settler, batch), hasLostLeadership);
  assert.equal((await books.batch(batch)).state, "signed");
});

test("other faults are not a lost leadership", async (t) => {
  const books = await openChainBooks(t);
  const fault: unknown = await books.row("SELECT 1 / 0").catch((error: unknown) => error);
  assert.equal(hasLostLeadership(fault), false);
  assert.equal(hasLostLeadership(undefined), false);
});

test("a new leader waits for what the old one has begun, and then the old one is refused", async (t) => {
  const books = await openChainBooks(t);
  const hold = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const old = books.database.transaction(async (query) => {
    await query("SELECT ledger_insist_leader('watcher', $1)", [books.watcher]);
    begun.resolve();
    await hold.promise;
  });
  await begun.promise;
  let hasTaken = false;
  const patient = openDatabase(
    books.url,
    { clock: systemClock, log: createLog("silent") },
    { answerMs: PATIENCE_MS, lockMs: PATIENCE_MS },
  );
  t.after(() => patient.close());
  const taking = patient
    .query<{ fence: bigint }>("SELECT ledger_lead($1, 'watcher', 2) AS fence", [books.now()])
    .then((rows) => {
      hasTaken = true;
      return rows[0]?.fence;
    });
  const waiting =
    "SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
  await until("the new leader waits", async () => (await books.row(waiting))["n"] === 1);
  assert.equal(hasTaken, false);
  hold.resolve();
  await old;
  assert.equal(await taking, books.watcher + 1n);
  await assert.rejects(books.posting.pause(books.watcher, true), hasLostLeadership);
});

/** An instance that wishes to lead, with a clock of its own. */
async function candidate(
  t: Parameters<typeof openChainBooks>[0],
  { url }: ChainBooks,
  job: LeaderJob,
  instance: number,
): Promise<{ leader: Leadership; tick(): void; database: Database }> {
  const clock = manualClock();
  const log = createLog("silent");
  const database = openDatabase(url, { clock: systemClock, log });
  const leader = leadJob({ clock, log, database }, job, instance);
  t.after(async () => {
    await leader.close();
    await database.close();
  });
  await leader.tried;
  return { leader, database, tick: () => clock.advance(LEADERSHIP_TRY_MS) };
}

test("of several instances one leads, each job by itself; when it closes the next one does, with a higher fence", async (t) => {
  const books = await openChainBooks(t);
  const one = await candidate(t, books, "watcher", 11);
  const two = await candidate(t, books, "watcher", 12);
  const three = await candidate(t, books, "settler", 12);
  assert.deepEqual(
    [one.leader.fence, two.leader.fence, three.leader.fence],
    [books.watcher + 1n, undefined, books.settler + 1n],
  );
  two.tick();
  await one.leader.close();
  assert.equal(one.leader.fence, undefined);
  await until("the second leads", () => {
    two.tick();
    return two.leader.fence !== undefined;
  });
  assert.equal(two.leader.fence, books.watcher + 2n);
  assert.deepEqual(await books.row("SELECT instance_id FROM leaders WHERE job = 'watcher'"), { instance_id: 12 });
});

test("a leader whose connection broke leads no more, and again once it is back", async (t) => {
  const books = await openChainBooks(t);
  const { leader, tick } = await candidate(t, books, "watcher", 11);
  const kill =
    "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  await books.row(kill);
  await until("it knows", () => leader.fence === undefined);
  await until("it leads again", () => {
    tick();
    return leader.fence !== undefined;
  });
  assert.equal(leader.fence, books.watcher + 2n);
});

test("a leader whose fence another one raised notices at its next look", async (t) => {
  const books = await openChainBooks(t);
  const { leader, tick } = await candidate(t, books, "settler", 11);
  await books.lead("settler");
  await until("it leads anew", () => {
    tick();
    return leader.fence === books.settler + 3n;
  });
});

test("a database that is away makes nobody a leader, and no fault of it", async (t) => {
  const log = createLog("silent");
  const clock = manualClock();
  const database = openDatabase("postgres://127.0.0.1:1/none", { clock: systemClock, log });
  const leader = leadJob({ clock, log, database }, "watcher", 1);
  t.after(async () => {
    await leader.close();
    await database.close();
  });
  await leader.tried;
  assert.equal(leader.fence, undefined);
  await assert.rejects(database.query("SELECT 1"), (error) => isAimoError(error, "ledger_unavailable"));
});
