// A leader that says nothing any more, because its machine or its process stands still, is succeeded.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { manualClock, systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../../log.ts";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import { startDatabaseRelay } from "../../test-bed/database-relay.ts";
import { testDatabase } from "../../test-bed/test-database.ts";
import type { Database, DatabaseConnection } from "../database/database.ts";
import { openDatabase } from "../database/database.ts";
import { LEADERSHIP_SILENCE_MS, LEADERSHIP_TRY_MS } from "../limits.ts";
import { leadJob } from "./leadership.ts";

const LOOKS_MAX = 1_000;

/** A database that keeps the connections it made. */
function keeping(database: Database): { database: Database; made: DatabaseConnection[] } {
  const made: DatabaseConnection[] = [];
  const connect = async (): Promise<DatabaseConnection> => {
    const connection = await database.connect();
    made.push(connection);
    return connection;
  };
  return { database: { ...database, connect }, made };
}

test("the database ends the connection of a leader that is silent, and another leads", async (t) => {
  const books = await openChainBooks(t);
  const log = createLog("silent");
  const { database, made } = keeping(books.database);
  const still = leadJob({ clock: manualClock(), log, database }, "watcher", 1);
  t.after(async () => await still.close());
  await still.tried;
  assert.equal(still.fence, books.watcher + 1n);
  const [row] = await made[0]!.query<{ ms: number }>({
    text: "SELECT setting::integer AS ms FROM pg_settings WHERE name = 'idle_session_timeout'",
  });
  assert.equal(row!.ms, LEADERSHIP_SILENCE_MS);
  // The same, sooner: its clock stands still, so it says nothing more by itself.
  await made[0]!.query({ text: "SET idle_session_timeout = '50ms'" });
  const clock = manualClock();
  const next = leadJob({ clock, log, database: books.database }, "watcher", 2);
  t.after(async () => await next.close());
  for (let looks = 0; next.fence === undefined; looks += 1) {
    assert.ok(looks < LOOKS_MAX, "the next one leads");
    clock.advance(LEADERSHIP_TRY_MS);
    await pause(10);
  }
  assert.deepEqual([still.fence, next.fence], [undefined, books.watcher + 2n]);
});

test("a leader ends although its database says nothing any more", async (t) => {
  const relay = await startDatabaseRelay(await testDatabase());
  const log = createLog("silent");
  const database = openDatabase(relay.url, { clock: systemClock, log });
  const leader = leadJob({ clock: systemClock, log, database }, "inspector", 1);
  t.after(async () => {
    await relay.close();
    await database.close();
  });
  await leader.tried;
  assert.notEqual(leader.fence, undefined);
  relay.freeze();
  await leader.close();
  assert.equal(leader.fence, undefined);
});

test("a leader that is not silent stays one, and who waits keeps one connection", async (t) => {
  assert.ok(LEADERSHIP_TRY_MS * 5 < LEADERSHIP_SILENCE_MS, "a few looks may be late");
  const books = await openChainBooks(t);
  const log = createLog("silent");
  const leader = leadJob({ clock: manualClock(), log, database: books.database }, "watcher", 1);
  t.after(async () => await leader.close());
  await leader.tried;
  const clock = manualClock();
  const { database, made } = keeping(books.database);
  const waiting = leadJob({ clock, log, database }, "watcher", 2);
  t.after(async () => await waiting.close());
  await waiting.tried;
  for (let tries = 0; tries < 5; tries += 1) {
    clock.advance(LEADERSHIP_TRY_MS);
    await systemClockTurn();
  }
  assert.equal(made.length, 1);
  assert.deepEqual([leader.fence, waiting.fence], [books.watcher + 1n, undefined]);
});

function systemClockTurn(): Promise<void> {
  return new Promise((resolve) => void systemClock.timer(20, resolve));
}
