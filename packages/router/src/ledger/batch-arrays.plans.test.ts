// How many rows a batch touches: as many as it names, however many others there are.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { POST_SETTINGS, POST_STATEMENT, postValues } from "./batch-arrays.ts";
import type { ChargeCommand, LockCommand } from "./commands.ts";
import type { Database } from "./database/database.ts";
import { NO_USAGE } from "@aimo-network/protocol/usage";

const OTHERS = 400;
const TOUCHED_MAX = 12; // a row of a table may be read for its hold, its check, its change and what it answers
const NOW = systemClock.now();

const FILL = [
  "INSERT INTO wallets (address) SELECT sha256(n::text::bytea) FROM generate_series(1, $1::integer) n",
  "INSERT INTO users (id, available, locked, running) SELECT id, 1000, 1000, 1 FROM wallets WHERE id <= $1 ORDER BY id",
  "INSERT INTO providers (id) SELECT id FROM wallets WHERE id <= $1",
  "INSERT INTO keys (key_id, user_id, created_at, running, window_spent) SELECT substring(sha256(id::text::bytea), 1, 16), id, now(), 1, 1000 FROM users WHERE id <= $1 ORDER BY id",
  `INSERT INTO locks (id, user_id, key_id, instance_id, provider_id, model_id, price_id, ceiling, deadline, key_window, rate_minute,
      tokens, prompt_tokens_max, output_tokens_max, image_count, is_stream)
    SELECT lpad(to_hex(id), 32, '0')::uuid, id, id, 1, 1, 1, 1, 1000, 'infinity', '1970-01-01', 0, 1, 1, 1, 0, false
    FROM users WHERE id <= $1`,
];

const terms = { provider: 1, model: 1, price: 1, imageCount: 0 };
const amount = nanoUsdc(10n);

function lockOf(user: number): LockCommand {
  const id = uuidV7(systemClock, systemRandom);
  const bounds = { tokens: 1, promptTokensMax: 1, outputTokensMax: 1, deadlineMs: NOW + 60_000 };
  return {
    ...terms,
    ...bounds,
    id,
    user,
    key: user,
    full: amount,
    least: amount,
    stream: false,
    idempotency: undefined,
  };
}

function chargeOf(id: string, user: number): ChargeCommand {
  const shown = { firstOutputMs: 1, durationMs: 1, flags: 0, finishReason: "stop", unpaid: undefined };
  return { ...terms, ...shown, id, user, kind: "charged", amount, usage: NO_USAGE };
}

/** Rows read so far on this connection, by table: those of its last statements may not be counted for all yet. */
const READ_ROWS = `SELECT relname AS name, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables
  WHERE relname IN ('locks', 'users', 'keys') ORDER BY relname`;

interface ReadRows {
  readonly name: string;
  readonly rows: bigint;
}

describe("a batch of one charge and one lock among many open locks", () => {
  let database: Database;
  before(async () => {
    database = await openTestDatabase();
    await database.query("SELECT ledger_make_partitions(name, current_date - 1, 3) FROM unnest($1::text[]) name", [
      ["journal", "generations"],
    ]);
    // A plan is made before there are rows, as it is on a new router, and stays with its connection.
    for (const statement of FILL) await database.query(statement, [OTHERS]);
  });
  after(() => database.close());

  const touch = (user: number): Promise<readonly ReadRows[]> =>
    database.transaction(async (query) => {
      const id = user
        .toString(16)
        .padStart(32, "0")
        .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
      const context = { nowMs: NOW, instance: 1, careful: false, rates: Array.from({ length: 6 }, () => 10n ** 9n) };
      const values = postValues({ charges: [chargeOf(id, user)], locks: [lockOf(user)] }, context);
      await query(POST_SETTINGS); // as on the pipeline's own connection
      const readBefore = await query<ReadRows>(READ_ROWS);
      const [answer] = await query<{ charge_codes: unknown; lock_codes: unknown }>(POST_STATEMENT, values);
      assert.deepEqual([answer?.charge_codes, answer?.lock_codes], [null, null], "both are taken the ordinary way");
      const readAfter = await query<ReadRows>(READ_ROWS);
      return readAfter.map(({ name, rows }) => {
        const earlier = readBefore.find((one) => one.name === name)?.rows ?? 0n;
        return { name, rows: rows - earlier };
      });
    });

  const assertFew = (touched: readonly ReadRows[]): void => {
    assert.deepEqual(
      touched.map(({ name }) => name),
      ["keys", "locks", "users"],
    );
    for (const { name, rows } of touched)
      assert.ok(rows > 0n && rows <= TOUCHED_MAX, `${name}: ${rows} rows were read`);
  };

  test("reads as many rows as it names where its plan was made while tables were small", async () => {
    assertFew(await touch(7));
  });

  test("reads as many rows as it names where its plan was made when they had grown", async () => {
    await database.query("ANALYZE");
    assertFew(await touch(8));
  });
});
