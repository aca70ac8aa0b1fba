// What an operator reads whose database cannot be opened: where it was expected, what was found, and never the password.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import { ConfigError, parseConfig } from "./config.ts";
import { databaseFault } from "./database-fault.ts";
import { openDatabase } from "./ledger/database/database.ts";
import { createLog } from "./log.ts";
import { startRouter } from "./router.ts";
import { testDatabase } from "./test-bed/test-database.ts";

describe("a router does not start, and says why,", () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), "aimo-fault-"));
    writeFileSync(join(directory, "file"), "");
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  async function fault(settings: Record<string, string>): Promise<string> {
    const ports = { AIMO_PORT: "0", AIMO_OPERATOR_PORT: "0" };
    const config = parseConfig({ ...ports, AIMO_DATA_DIR: directory, ...settings });
    const deps = { clock: systemClock, random: systemRandom, log: createLog("silent") };
    const refusal = await startRouter(config, deps).catch((error: unknown) => error);
    assert.ok(refusal instanceof ConfigError, String(refusal));
    const [only = "", ...others] = refusal.faults;
    assert.deepEqual(others, []);
    assert.doesNotMatch(only, /SECRET/);
    return only;
  }

  test("where nobody listens", async () => {
    const words = await fault({ DATABASE_URL: "postgres://me:SECRET@127.0.0.1:1/books" });
    assert.equal(
      words,
      "DATABASE_URL: expected a PostgreSQL at 127.0.0.1:1/books that this router may write to, found connect ECONNREFUSED 127.0.0.1:1: start it, or correct the URL",
    );
  });

  test("where there is no such database", async () => {
    const url = new URL(await testDatabase());
    url.pathname = "/nothing_here";
    assert.match(
      await fault({ DATABASE_URL: url.href }),
      /found database "nothing_here" does not exist: correct the URL/,
    );
  });

  test("where the database only reads", async () => {
    const url = new URL(await testDatabase());
    url.searchParams.set("options", "-c default_transaction_read_only=on");
    assert.match(await fault({ DATABASE_URL: url.href }), /in a read-only transaction/);
  });

  test("where a newer software made the schema", async () => {
    const url = await testDatabase();
    const its = openDatabase(url, { clock: systemClock, log: createLog("silent") });
    await its.query(
      "INSERT INTO aimo_schema_versions (version, name, md5, run_at) VALUES (9999, 'future', 'x', now())",
    );
    await its.close();
    assert.match(
      await fault({ DATABASE_URL: url }),
      /^DATABASE_URL: The database has schema 9999, this software knows/,
    );
  });

  test("where the data directory is a file", async () => {
    const file = join(directory, "file");
    const words = await fault({ AIMO_DATA_DIR: file });
    assert.ok(
      words.startsWith(`AIMO_DATA_DIR: expected a directory that this router may write to, ${file}, found`),
      words,
    );
  });
});

test("what says nothing of a setting stays what it is", () => {
  const broken = new TypeError("broken");
  assert.equal(databaseFault(broken, undefined, "/data"), broken);
  assert.equal(databaseFault(broken, "postgres://h/d", "/data"), broken);
  assert.equal(databaseFault("words", undefined, "/data"), "words");
});
