import assert from "node:assert/strict";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { createLog } from "../../../log.ts";
import { openDatabase } from "../database.ts";
import type { EmbeddedPostgres } from "./embedded-postgres.ts";
import { runningPostgresUrl, startEmbeddedPostgres } from "./embedded-postgres.ts";

const deps = { clock: systemClock, log: createLog("silent") };
const settings = { fsync: "off" };

function newDirectory(t: TestContext): string {
  const dataDirectory = mkdtempSync(join(tmpdir(), "aimo-embedded-"));
  t.after(() => rmSync(dataDirectory, { recursive: true, force: true }));
  return dataDirectory;
}

async function run<Row>({ url }: EmbeddedPostgres, text: string): Promise<readonly Row[]> {
  const database = openDatabase(url, deps);
  try {
    return await database.query<Row>(text);
  } finally {
    await database.close();
  }
}

test("what was written is there at the next start, and only its owner can reach it", async (t) => {
  const dataDirectory = newDirectory(t);
  const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  await run(first, "CREATE TABLE kept AS SELECT 7::int8 AS id");
  const socketDirectory = new URL(first.url).searchParams.get("host") ?? "";
  assert.equal(statSync(socketDirectory).mode & 0o777, 0o700);
  assert.equal(statSync(join(dataDirectory, "postgres-url")).mode & 0o777, 0o600);
  assert.equal(runningPostgresUrl(dataDirectory), first.url);
  await first.stop();
  assert.equal(runningPostgresUrl(dataDirectory), undefined);

  const second = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  assert.deepEqual(await run(second, "SELECT id FROM kept"), [{ id: 7n }]);
  const [shown] = await run<Record<string, string>>(
    second,
    "SELECT current_setting('server_encoding') AS encoding, datcollate AS collate FROM pg_database WHERE datname = current_database()",
  );
  assert.deepEqual(shown, { encoding: "UTF8", collate: "C" });
  await second.stop();
});

test("a second router on the same data directory is told who uses it", async (t) => {
  const dataDirectory = newDirectory(t);
  const first = await startEmbeddedPostgres({ dataDirectory, ...deps, settings });
  const message = new RegExp(`another router \\(process ${process.pid}\\) uses it`);
  await assert.rejects(startEmbeddedPostgres({ dataDirectory, ...deps }), { name: "EmbeddedPostgresError", message });
  assert.deepEqual(await run(first, "SELECT 1 AS one"), [{ one: 1 }]);
  await first.stop();
});
