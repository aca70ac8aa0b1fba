import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../../log.ts";
import { testDatabase } from "../../test-bed/test-database.ts";
import type { Database } from "./database.ts";
import { openDatabase } from "./database.ts";
import { migrate } from "./migrate.ts";

const deps = { clock: systemClock, log: createLog("silent") };

/** A folder of migrations in which the first is applied already. */
async function setUp(t: TestContext): Promise<{ url: string; directory: string; database: Database }> {
  const directory = mkdtempSync(join(tmpdir(), "aimo [migrations] "));
  writeFileSync(join(directory, "001.do.first.sql"), "CREATE TABLE first (id BIGINT PRIMARY KEY);\n");
  const url = await testDatabase(directory);
  const database = openDatabase(url, deps);
  t.after(async () => {
    await database.close();
    rmSync(directory, { recursive: true });
  });
  return { url, directory, database };
}

test("a database that is up to date is left alone", async (t) => {
  const { url, directory } = await setUp(t);
  assert.deepEqual(await migrate(url, deps, directory), []);
});

test("routers that start together apply a migration once", async (t) => {
  const { url, directory, database } = await setUp(t);
  writeFileSync(join(directory, "002.do.second.sql"), "SELECT pg_sleep(0.1); INSERT INTO first VALUES (7);");
  const applied = await Promise.all([1, 2, 3].map(() => migrate(url, deps, directory)));
  assert.deepEqual(applied.flat(), [2]);
  assert.deepEqual(await database.query("SELECT id FROM first"), [{ id: 7n }]);
});

test("a migration that fails leaves nothing of itself, nor of those before it", async (t) => {
  const { url, directory, database } = await setUp(t);
  writeFileSync(join(directory, "002.do.good.sql"), "CREATE TABLE second (id BIGINT);");
  writeFileSync(join(directory, "003.do.bad.sql"), "CREATE TABLE third (id BIGINT); SELECT 1 / 0;");
  await assert.rejects(migrate(url, deps, directory), /division by zero/);
  const tables = await database.query("SELECT relname FROM pg_class WHERE relname IN ('second', 'third')");
  assert.deepEqual(tables, []);
});

test("a database that is newer than the software is refused", async (t) => {
  const { url, directory } = await setUp(t);
  writeFileSync(join(directory, "002.do.second.sql"), "CREATE TABLE second (id BIGINT);");
  await migrate(url, deps, directory);
  rmSync(join(directory, "002.do.second.sql"));
  const message = /has schema 2, this software knows schemas up to 1/;
  await assert.rejects(migrate(url, deps, directory), { name: "MigrationError", message });
});

test("a migration that was changed after it was applied is refused, another line end is not", async (t) => {
  const { url, directory } = await setUp(t);
  const file = join(directory, "001.do.first.sql");
  writeFileSync(file, "CREATE TABLE first (id BIGINT PRIMARY KEY);\r\n");
  assert.deepEqual(await migrate(url, deps, directory), []);
  writeFileSync(file, "CREATE TABLE first (id BIGINT PRIMARY KEY, more BIGINT);\n");
  await assert.rejects(migrate(url, deps, directory), { name: "MigrationError", message: /was changed since/ });
});

test("the ledger's own migrations apply to an empty database", async () => {
  const database = openDatabase(await testDatabase(), deps);
  const [{ count } = { count: 0n }] = await database.query<{ count: bigint }>(
    "SELECT count(*) FROM aimo_schema_versions",
  );
  assert.ok(count > 1n);
  await database.close();
});
