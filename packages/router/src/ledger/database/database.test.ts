import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { systemClock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { createLog } from "../../log.ts";
import type { DatabaseRelay } from "../../test-bed/database-relay.ts";
import { startDatabaseRelay } from "../../test-bed/database-relay.ts";
import { testDatabase } from "../../test-bed/test-database.ts";
import type { Database, DatabaseOptions, Query } from "./database.ts";
import { openDatabase } from "./database.ts";

const deps = { clock: systemClock, log: createLog("silent") };
const CLIENT_HEARS_MS = 2_000;

async function open(t: TestContext, options?: DatabaseOptions): Promise<{ database: Database; relay: DatabaseRelay }> {
  const relay = await startDatabaseRelay(await testDatabase());
  const database = openDatabase(relay.url, deps, options);
  t.after(async () => {
    await relay.restore();
    await database.close();
    await relay.close();
  });
  await database.query("CREATE TABLE things (id BIGINT PRIMARY KEY)");
  return { database, relay };
}

const ids = async (database: Database): Promise<readonly bigint[]> =>
  (await database.query<{ id: bigint }>("SELECT id FROM things ORDER BY id")).map(({ id }) => id);

async function assertUnavailable(work: Promise<unknown>): Promise<void> {
  const startMs = systemClock.monotonic();
  await assert.rejects(work, (error) => isAimoError(error, "ledger_unavailable") && error.cause instanceof Error);
  const tookMs = systemClock.monotonic() - startMs;
  assert.ok(tookMs < CLIENT_HEARS_MS, `it took ${tookMs} ms`);
}

async function backendOf(query: Query): Promise<number> {
  const [row] = await query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return row?.pid ?? 0;
}

describe("values", () => {
  test("that are whole arrive as bigint, also as sums and in arrays, and go out as they came", async (t) => {
    const { database } = await open(t);
    const [row] = await database.query(
      "SELECT $1::int8 AS one, sum(n) AS sum, $2::int8[] AS list, array_agg(n::numeric) AS sums, 7::int4 AS small FROM unnest($2::int8[]) AS n",
      [9_223_372_036_854_775_807n, [1n, 9_007_199_254_740_993n]],
    );
    assert.deepEqual(row, {
      one: 9_223_372_036_854_775_807n,
      sum: 9_007_199_254_740_994n,
      list: [1n, 9_007_199_254_740_993n],
      sums: [1n, 9_007_199_254_740_993n],
      small: 7,
    });
  });

  test("of other kinds arrive as Date, Buffer, null and text", async (t) => {
    const { database } = await open(t);
    const [row] = await database.query(
      "SELECT '2026-01-02T03:04:05Z'::timestamptz AS time, '\\x00ff'::bytea AS bytes, NULL::int8 AS nothing, ARRAY[NULL, 1]::int8[] AS gaps, 'é' AS text",
    );
    assert.deepEqual(row, {
      time: new Date("2026-01-02T03:04:05Z"),
      bytes: Buffer.from([0, 255]),
      nothing: null,
      gaps: [null, 1n],
      text: "é",
    });
  });

  test("with a fraction never become a number by accident", async (t) => {
    const { database } = await open(t);
    await assert.rejects(database.query("SELECT 1.5::numeric"), SyntaxError);
    assert.deepEqual(await ids(database), []);
  });
});

describe("a transaction", () => {
  test("keeps all of it, or nothing when its work throws", async (t) => {
    const { database } = await open(t);
    const sum = await database.transaction(async (query) => {
      await query("INSERT INTO things VALUES ($1)", [1n]);
      await query("INSERT INTO things VALUES ($1)", [2n]);
      return 3;
    });
    const failure = new Error("changed its mind");
    const failing = database.transaction(async (query) => {
      await query("INSERT INTO things VALUES (3)");
      throw failure;
    });
    await assert.rejects(failing, failure);
    assert.equal(sum, 3);
    assert.deepEqual(await ids(database), [1n, 2n]);
  });

  test("in which a failed statement was passed over is not taken for committed", async (t) => {
    const { database } = await open(t);
    const careless = database.transaction(async (query) => {
      await query("INSERT INTO things VALUES (1)");
      await query("SELECT 1 / 0").catch(() => undefined);
    });
    await assert.rejects(careless, /a failed statement of a transaction was passed over/);
    assert.deepEqual(await ids(database), []);
  });

  test("that deadlocks says so by its code", async (t) => {
    const { database } = await open(t, { answerMs: 5_000, lockMs: 5_000 });
    await database.query("INSERT INTO things VALUES (1), (2)");
    const meeting = Promise.withResolvers<void>();
    let waiting = 0;
    const lockBoth = (first: number, second: number): Promise<void> =>
      database.transaction(async (query) => {
        await query("SELECT FROM things WHERE id = $1 FOR UPDATE", [first]);
        waiting += 1;
        if (waiting === 2) meeting.resolve();
        await meeting.promise;
        await query("SELECT FROM things WHERE id = $1 FOR UPDATE", [second]);
      });
    const outcomes = await Promise.allSettled([lockBoth(1, 2), lockBoth(2, 1)]);
    const codes = outcomes.map((outcome) =>
      outcome.status === "rejected" ? (outcome.reason as { code: string }).code : "",
    );
    assert.deepEqual(codes.toSorted(), ["", "40P01"]);
  });

  test("that waits too long for another's row ends as ledger_unavailable", async (t) => {
    const { database } = await open(t, { lockMs: 50 });
    await database.query("INSERT INTO things VALUES (1)");
    await database.transaction(async (query) => {
      await query("SELECT FROM things WHERE id = 1 FOR UPDATE");
      await assertUnavailable(database.query("UPDATE things SET id = 2"));
    });
  });
});

describe("an error of SQL", () => {
  test("comes as PostgreSQL's own, and the connection stays in use", async (t) => {
    const { database } = await open(t, { connectionsMax: 1 });
    const before = await backendOf(database.query);
    await database.query("INSERT INTO things VALUES (1)");
    await assert.rejects(database.query("INSERT INTO things VALUES (1)"), { code: "23505", constraint: "things_pkey" });
    await assert.rejects(
      database.transaction((query) => query("INSERT INTO things VALUES (1)")),
      { code: "23505" },
    );
    assert.equal(await backendOf(database.query), before);
  });

  test("that names no such database or user is not mistaken for an outage", async (t) => {
    const { relay } = await open(t);
    const url = new URL(relay.url);
    url.pathname = "/no_such_database";
    const database = openDatabase(url.href, deps);
    await assert.rejects(database.query("SELECT 1"), { code: "3D000" });
    await database.close();
  });
});

describe("a database that is away", () => {
  test("is told within two seconds, and used again when it is back", async (t) => {
    const { database, relay } = await open(t);
    const slow = database.query("SELECT pg_sleep(1)");
    await setImmediate();
    await Promise.all([assertUnavailable(slow), relay.cut()]);
    await assertUnavailable(database.query("SELECT 1"));
    await assertUnavailable(database.transaction((query) => query("SELECT 1")));
    await assertUnavailable(database.connect());
    await relay.restore();
    assert.deepEqual(await database.query("SELECT 1 AS one"), [{ one: 1 }]);
  });

  test("because it answers nothing any more is told within two seconds too, to everybody at once", async (t) => {
    const { database, relay } = await open(t, { connectionsMax: 2 });
    const connection = await database.connect();
    relay.freeze();
    const asked = [1, 2, 3, 4, 5].map(() => assertUnavailable(database.query("SELECT 1")));
    await Promise.all([
      ...asked,
      assertUnavailable(database.transaction((query) => query("SELECT 1"))),
      assertUnavailable(connection.query({ text: "SELECT 1" })),
      assertUnavailable(database.connect()),
    ]);
    let isLost = false;
    connection.onLost(() => (isLost = true));
    assert.ok(isLost);
    await relay.restore();
    assert.deepEqual(await database.query("SELECT 1 AS one"), [{ one: 1 }]);
    assert.ok(relay.connections <= 2, `${relay.connections} connections`);
  });

  test("in the middle of a transaction takes it back", async (t) => {
    const { database, relay } = await open(t);
    const cut = database.transaction(async (query) => {
      await query("INSERT INTO things VALUES (1)");
      await relay.cut();
      await query("INSERT INTO things VALUES (2)");
    });
    await assertUnavailable(cut);
    await relay.restore();
    assert.deepEqual(await ids(database), []);
  });

  test("breaks an unused connection, which is logged, and does not end the process", async (t) => {
    const { relay } = await open(t);
    const logged = Promise.withResolvers<string>();
    const database = openDatabase(relay.url, { ...deps, log: createLog("warn", { write: logged.resolve }) });
    assert.deepEqual(await ids(database), []);
    await relay.cut();
    assert.match(await logged.promise, /an idle database connection broke/);
    await relay.restore();
    assert.deepEqual(await ids(database), []);
    await database.close();
  });

  test("because somebody ended the connection is told, and the next statement works", async (t) => {
    const { database } = await open(t, { connectionsMax: 1 });
    await assertUnavailable(database.query("SELECT pg_terminate_backend(pg_backend_pid())"));
    assert.deepEqual(await ids(database), []);
  });

  test("because a statement takes too long is told, and the server stops working on it", async (t) => {
    const { database } = await open(t, { answerMs: 200 });
    await assertUnavailable(database.query("SELECT pg_sleep(30) AS endless"));
    const running =
      "SELECT FROM pg_stat_activity WHERE query LIKE '%endless' AND state = 'active' AND datname = current_database()";
    let left = -1;
    for (let tries = 0; left !== 0 && tries < 100; tries++) left = (await database.query(running)).length;
    assert.equal(left, 0);
  });
});

describe("a connection of its own", () => {
  test("plans a named statement once", async (t) => {
    const { database } = await open(t);
    const connection = await database.connect();
    const statement = { name: "double", text: "SELECT $1::int8 * 2 AS twice" };
    for (const value of [1n, 2n]) {
      assert.deepEqual(await connection.query({ ...statement, values: [value] }), [{ twice: value * 2n }]);
    }
    const prepared = await connection.query({ text: "SELECT name FROM pg_prepared_statements" });
    assert.deepEqual(prepared, [{ name: "double" }]);
    await connection.end();
  });

  test("runs what it is set up with first, and is none where that fails", async (t) => {
    const { database } = await open(t);
    const connections = async (): Promise<bigint | undefined> =>
      (
        await database.query<{ n: bigint }>(
          "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
      )[0]?.n;
    const connection = await database.connect("SET jit = off; SET enable_seqscan = off");
    const shown = await connection.query({
      text: "SELECT current_setting('jit') AS jit, current_setting('enable_seqscan') AS scan",
    });
    assert.deepEqual(shown, [{ jit: "off", scan: "off" }]);
    await connection.end();

    await assert.rejects(database.connect("SET no_such_setting = off"), /no_such_setting/);
    while ((await connections()) !== 0n) await setImmediate();
  });

  test("tells once that it broke, also who asks later, and another one works", async (t) => {
    const { database } = await open(t);
    const connection = await database.connect();
    const lost = Promise.withResolvers<void>();
    let times = 0;
    connection.onLost(() => {
      times += 1;
      lost.resolve();
    });
    const [row] = await connection.query<{ pid: number }>({ text: "SELECT pg_backend_pid() AS pid" });
    await database.query("SELECT pg_terminate_backend($1)", [row?.pid]);
    await lost.promise;
    connection.onLost(() => (times += 1));
    await assertUnavailable(connection.query({ text: "SELECT 1" }));
    assert.equal(times, 2);
    await connection.end();

    const next = await database.connect();
    assert.deepEqual(await next.query({ text: "SELECT 1 AS one" }), [{ one: 1 }]);
    await next.end();
  });

  test("that was ended on purpose is not lost", async (t) => {
    const { database } = await open(t);
    const connection = await database.connect();
    let times = 0;
    connection.onLost(() => (times += 1));
    await connection.end();
    assert.equal(times, 0);
  });
});
