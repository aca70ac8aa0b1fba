// How PostgreSQL finds what is asked: by an index, however large the tables are, and in the days it is in.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Database, Query } from "../ledger/database/database.ts";
import { createPostedGenerations } from "../test-bed/posted-generations.ts";
import { createLog } from "../log.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import type { Activity } from "./activity.ts";
import { createActivity } from "./activity.ts";
import type { LiveReader } from "./live-reader.ts";
import { createLiveReader } from "./live-reader.ts";
import { dayOf } from "./utc-days.ts";
import { walletAddress } from "./wallet-bytes.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);
const DAY = dayOf(NOW);
// Wallets and models are only looked up by their numbers; of a short dictionary that is cheapest from beginning to end.
const GROWING =
  /^(generations|usage_daily|uncollected|payables|deposits|users|providers|keys|apps|app_sites|app_rankings)/;

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

// Forty days, each with 200 users, 40 of them a second key, and 5 providers; the first ten days are in no partition of their own.
const FILL = `
  INSERT INTO wallets (address) SELECT sha256(n::text::bytea) FROM generate_series(1, 5000) n;
  INSERT INTO users (id, available) SELECT id, 5 FROM wallets ON CONFLICT DO NOTHING;
  INSERT INTO providers (id) SELECT id FROM wallets ON CONFLICT DO NOTHING;
  INSERT INTO keys (key_id, user_id, created_at, last_used_at) SELECT substring(sha256(id::text::bytea), 1, 16), id, now(), '2026-11-25' FROM users;
  INSERT INTO models (name) SELECT 'acme/' || n FROM generate_series(1, 500) n;
  INSERT INTO generations SELECT d, (lpad(to_hex((extract(epoch FROM d) * 1000 + n)::bigint), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
      k.user_id, k.id, 1 + n % 5, 1 + n % 50, 1, 10, 5, 0, 0, 10, 20, 7, 0, 0, 'stop'
    FROM generate_series(DATE '2026-10-17', DATE '2026-11-25', interval '1 day') d, generate_series(1, 1000) n JOIN keys k ON k.id = 1 + n % 4000;
  INSERT INTO usage_daily SELECT user_id, day, key_id, model_id, provider_id, count(*), 10, 5, 0, 0, 7 FROM generations GROUP BY 1, 2, 3, 4, 5;
  INSERT INTO app_sites (url) SELECT 'https://' || n || '.org/' FROM generate_series(1, 5000) n;
  INSERT INTO apps (site_id, title, made_by) SELECT n, '', 1 FROM generate_series(1, 5000) n;
  UPDATE usage_daily SET app_id = 1 + user_id % 5000 WHERE user_id % 2 = 0;
  UPDATE generations SET app_id = 1 + user_id % 5000 WHERE user_id % 2 = 0;
  INSERT INTO app_ranking_days SELECT DATE '2026-11-25' - n, now() FROM generate_series(1, 400) n;
  INSERT INTO app_rankings SELECT last_day, days, n, n, '', 10, 10, 10, '{}' FROM app_ranking_days, generate_series(1, 20) n, unnest('{1,7,30}'::integer[]) days;
  INSERT INTO payables SELECT n, 1 + n % 50, 1 FROM generate_series(1, 5000) n;
  INSERT INTO deposits SELECT n, 1, 5 FROM generate_series(1, 5000) n;
  INSERT INTO uncollected SELECT gen_random_uuid(), 'late', 1 + n % 50, n, 1, 1, now() FROM generate_series(1, 5000) n;`;

describe("the statements that read what happened", () => {
  let database: Database;
  let activity: Activity;
  let reader: LiveReader;
  let plans: Plan[] = [];
  let user: string;
  let provider: string;
  let keyId: string;
  before(async () => {
    database = await openTestDatabase();
    const clock = manualClock(NOW);
    for (const table of ["journal", "generations"]) {
      await database.query("SELECT ledger_make_partitions($1, '2026-10-27', 30)", [table]);
    }
    await createPostedGenerations(database, clock); // which makes a price
    for (const statement of FILL.split(";").filter((text) => text.trim() !== "")) await database.query(statement);
    await database.query("ANALYZE");
    const [row] = await database.query<{ payer: Buffer; seller: Buffer; key: Buffer }>(
      "SELECT w.address AS payer, p.address AS seller, k.key_id AS key FROM generations g JOIN wallets w ON w.id = user_id JOIN wallets p ON p.id = provider_id JOIN keys k ON k.id = g.key_id LIMIT 1",
    );
    assert.ok(row);
    [user, provider, keyId] = [walletAddress(row.payer), walletAddress(row.seller), row.key.toString("hex")];
    const query: Query = async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> => {
      const explained = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
      const [explanation] = await database.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(explained, values);
      assert.ok(explanation);
      plans.push(explanation["QUERY PLAN"][0].Plan);
      return await database.query<Row>(text, values);
    };
    const watched = { ...database, query };
    activity = createActivity(watched, { clock, log: createLog("silent") });
    reader = createLiveReader(watched, activity.generations, clock);
  });
  after(() => database.close());

  /** The tables that were read from beginning to end by what `act` asked. */
  const scannedBy = async (act: () => Promise<unknown>): Promise<string[]> => {
    plans = [];
    await act();
    assert.ok(plans.length > 0);
    return plans
      .flatMap(nodesOf)
      .filter((node) => node["Node Type"].includes("Seq Scan"))
      .map((node) => node["Relation Name"] ?? "")
      .filter((name) => GROWING.test(name));
  };
  const span = { firstDay: DAY - 30, lastDay: DAY, rowsMax: 100 };

  test("of balances and credits read no table from beginning to end", async () => {
    assert.deepEqual(await scannedBy(() => activity.balances.of(user)), []);
    assert.deepEqual(await scannedBy(() => activity.balances.creditsOf(user)), []);
  });

  test("of generations read no table from beginning to end, and of the large one only the day", async () => {
    const id = "gen-019ab90c-2c00-7000-8000-000000000000";
    assert.deepEqual(await scannedBy(() => activity.generations.find({ wallet: user }, id)), []);
    const whole = { wallet: user };
    const lists = [
      { limit: 50 },
      { limit: 50, before: id, model: "acme/1", provider, keyId },
      { limit: 50, fromMs: NOW - 5 * DAY_MS, toMs: NOW },
    ];
    for (const filter of lists) {
      assert.deepEqual(await scannedBy(() => activity.generations.list(whole, filter)), []);
      assert.deepEqual(await scannedBy(() => activity.generations.list({ ...whole, onlyKeyId: keyId }, filter)), []);
    }
  });

  test("of days read no table from beginning to end", async () => {
    assert.deepEqual(await scannedBy(() => activity.usage.ofUser(user, span)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofUser(user, span, keyId)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofApps(user, span)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofApps(user, span, keyId)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofKeys(user, span)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofKeys(user, span, keyId)), []);
    assert.deepEqual(await scannedBy(() => activity.usage.ofProvider(provider, span)), []);
  });

  test("of rankings of apps read no table from beginning to end", async () => {
    assert.deepEqual(await scannedBy(() => activity.appRankings.of(30)), []);
    assert.deepEqual(await scannedBy(() => activity.appRankings.of(7, DAY - 100)), []);
  });

  test("of providers read no table from beginning to end", async () => {
    const sinceMs = NOW - 30 * DAY_MS;
    assert.deepEqual(await scannedBy(() => activity.earnings.of(provider)), []);
    assert.deepEqual(await scannedBy(() => activity.earnings.unpaidSums(provider, sinceMs)), []);
    assert.deepEqual(await scannedBy(() => activity.earnings.unpaid(provider, sinceMs, 10)), []);
    assert.deepEqual(await scannedBy(() => activity.earnings.served(provider, sinceMs, 10)), []);
  });

  test("of live listeners read no table from beginning to end", async () => {
    const [newest] = (await activity.generations.list({ wallet: user }, { limit: 1 })).generations;
    assert.ok(newest);
    assert.deepEqual(await scannedBy(() => reader.state(user)), []);
    assert.deepEqual(await scannedBy(() => reader.ended(user, NOW - 900_000, new Set([newest.id]))), []);
    assert.deepEqual(await scannedBy(() => reader.endedAfter(user, newest.id)), []);
  });
});
