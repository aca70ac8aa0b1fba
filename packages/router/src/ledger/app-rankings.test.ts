import assert from "node:assert/strict";
import { test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";
import { createAppNumbers } from "./app-numbers.ts";
import { rankApps } from "./app-rankings.ts";
import {
  APP_PAYER_NANO_USDC_MIN,
  APP_RANKINGS_BACK_DAYS,
  APP_RANKINGS_WAIT_MS,
  APP_WALLETS_MIN,
  APPS_RANKED_MAX,
} from "./limits.ts";

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2026, 10, 26);
const HISTORY_DAYS = 400;

/** What some wallets used of an app on one day, each of them. */
interface Use {
  readonly app: number;
  readonly wallets: readonly number[];
  readonly day?: string;
  readonly requests?: number;
  readonly tokens?: number;
  readonly cost?: bigint;
  readonly model?: number;
}

interface Ranked {
  readonly rank: number;
  readonly site: string;
  readonly title: string;
  readonly wallets: bigint;
  readonly requests: bigint;
  readonly tokens: bigint;
  readonly models: readonly string[];
}

const USE = `INSERT INTO usage_daily (user_id, day, key_id, model_id, provider_id, requests, prompt_tokens, completion_tokens,
    reasoning_tokens, cached_tokens, cost, app_id)
  SELECT w, $2::date, w, $3, 1, $4::bigint, $5::bigint, 0, 0, 0, $6, $7::integer FROM unnest($1::integer[]) w
  ON CONFLICT (user_id, day, key_id, model_id, provider_id, app_id) DO UPDATE SET requests = usage_daily.requests + excluded.requests,
    prompt_tokens = usage_daily.prompt_tokens + excluded.prompt_tokens, cost = usage_daily.cost + excluded.cost`;
const RANKED = `SELECT r.rank, s.url AS site, r.title, r.wallets, r.requests, r.tokens, r.models FROM app_rankings r
  JOIN app_sites s ON s.id = r.site_id WHERE r.last_day = $1::date AND r.days = $2 ORDER BY r.rank`;

async function openBed(t: Parameters<typeof openLedgerBed>[0]) {
  const bed = await openLedgerBed(t);
  const { database, ledger, addUser } = bed;
  const clock: ManualClock = manualClock(TODAY + APP_RANKINGS_WAIT_MS);
  let first = 0;
  return {
    ...bed,
    clock,
    /** So many new wallets. */
    async wallets(count: number): Promise<number[]> {
      const rows = await database.query<{ id: number }>(
        "INSERT INTO wallets (address) SELECT sha256(n::text::bytea) FROM generate_series($1::integer, $2) n RETURNING id",
        [(first += 1_000), first + count - 1],
      );
      return rows.map(({ id }) => id);
    },
    /** An app that counts in public, under the name given. */
    async app(name: string, title = "", isPublic = true): Promise<number> {
      const { user } = await addUser(1n);
      return await createAppNumbers(database.query, clock).of({ url: `https://${name}/`, title, isPublic }, user);
    },
    model: async (name: string): Promise<number> => ledger.numbers.model(name),
    async use({
      app,
      wallets,
      day = "2026-11-25",
      requests = 1,
      tokens = 100,
      cost = APP_PAYER_NANO_USDC_MIN,
      model,
    }: Use) {
      const of = model ?? (await ledger.numbers.model("acme/one"));
      await database.query(USE, [wallets, day, of, requests, tokens, cost, app]);
    },
    rank: () => rankApps(database.query, clock, HISTORY_DAYS),
    ranked: (days = 1, lastDay = "2026-11-25") => database.query<Ranked>(RANKED, [lastDay, days]),
  };
}

test("an app is ranked where so many wallets paid for it, each so much", async (t) => {
  const { app, use, wallets, rank, ranked } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  await use({ app: await app("enough.org", "Enough"), wallets: many });
  await use({ app: await app("few.org"), wallets: many.slice(1) });
  const poor = await app("poor.org");
  await use({ app: poor, wallets: many.slice(1) });
  await use({ app: poor, wallets: many.slice(0, 1), cost: APP_PAYER_NANO_USDC_MIN - 1n });
  const free = await app("free.org");
  await use({ app: free, wallets: many, cost: 0n, tokens: 1_000_000 });
  await use({ app: -(await app("private.org")), wallets: many });
  await use({ app: 0, wallets: many });
  await rank();
  const one = { rank: 1, site: "https://enough.org/", title: "Enough", wallets: 10n, requests: 10n, tokens: 1_000n };
  assert.deepEqual(await ranked(), [{ ...one, models: ["acme/one"] }]);
});

test("more wallets come before more tokens, and tokens before nothing", async (t) => {
  const { app, use, wallets, rank, ranked } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN + 1);
  await use({ app: await app("washed.org"), wallets: many.slice(1), tokens: 1_000_000_000, requests: 1_000 });
  await use({ app: await app("liked.org"), wallets: many });
  await use({ app: await app("less.org"), wallets: many.slice(1), tokens: 10 });
  await rank();
  assert.deepEqual(
    (await ranked()).map(({ site }) => site),
    ["https://liked.org/", "https://washed.org/", "https://less.org/"],
  );
});

test("the largest wallet counts for no more than all others, and numbers tell two digits", async (t) => {
  const { app, use, wallets, rank, ranked } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  const number = await app("whale.org");
  await use({ app: number, wallets: many.slice(1), tokens: 137, requests: 14 });
  await use({ app: number, wallets: many.slice(0, 1), tokens: 987_654_321, requests: 5_000_000 });
  await rank();
  const [found] = await ranked();
  assert.deepEqual([found?.tokens, found?.requests], [2_400n, 250n]); // 2 × 9 × 137 = 2,466; 2 × 9 × 14 = 252
});

test("free use beside paid use counts for nothing", async (t) => {
  const { app, use, wallets, rank, ranked, model } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  const number = await app("both.org");
  await use({ app: number, wallets: many });
  await use({ app: number, wallets: many, cost: 0n, tokens: 1_000_000, model: await model("acme/free") });
  await rank();
  const [found] = await ranked();
  assert.deepEqual([found?.tokens, found?.models], [1_000n, ["acme/one"]]);
});

test("a title and a model are named where enough wallets used them, the most used first", async (t) => {
  const { app, use, wallets, rank, ranked, model } = await openBed(t);
  const many = await wallets(3 * APP_WALLETS_MIN);
  const [tens, twenty, one] = [many.slice(0, 10), many.slice(10, 30), many.slice(0, 1)];
  await use({ app: await app("named.org", "Less"), wallets: tens, model: await model("acme/less") });
  await use({ app: await app("named.org", "Most"), wallets: twenty, model: await model("acme/most") });
  await use({ app: await app("named.org", "Anna's secret plans"), wallets: one, model: await model("acme/annas-own") });
  const nameless = many.slice(0, APP_WALLETS_MIN);
  for (const [index, wallet] of nameless.entries())
    await use({ app: await app("nameless.org", `For ${index}`), wallets: [wallet] });
  await rank();
  const found = await ranked();
  assert.deepEqual(
    found.map(({ site, title, models }) => ({ site, title, models })),
    [
      { site: "https://named.org/", title: "Most", models: ["acme/most", "acme/less"] },
      { site: "https://nameless.org/", title: "", models: ["acme/one"] },
    ],
  );
});

test("a ranking covers 1, 7 or 30 days, its last among them and the day before its first not", async (t) => {
  const { app, use, wallets, rank, ranked } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  const days: Record<string, string> = {
    today: "2026-11-26",
    yesterday: "2026-11-25",
    "before-yesterday": "2026-11-24",
    "first-of-week": "2026-11-19",
    "before-week": "2026-11-18",
    "first-of-month": "2026-10-27",
    "before-month": "2026-10-26",
  };
  for (const [name, day] of Object.entries(days)) await use({ app: await app(name), wallets: many, day });
  await rank();
  const sites = async (size: number): Promise<string[]> =>
    (await ranked(size)).map(({ site }) => site.slice("https://".length, -1)).toSorted();
  const names = Object.keys(days);
  assert.deepEqual(await sites(1), ["yesterday"]);
  assert.deepEqual(await sites(7), names.slice(1, 4).toSorted());
  assert.deepEqual(await sites(30), names.slice(1, 6).toSorted());
});

test("a wallet counts once for all its days and keys, by what it paid in them together", async (t) => {
  const { app, use, wallets, rank, ranked } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  const number = await app("slow.org");
  for (const day of ["2026-11-24", "2026-11-25"]) {
    await use({ app: number, wallets: many, day, cost: APP_PAYER_NANO_USDC_MIN / 2n });
  }
  await rank();
  assert.deepEqual(await ranked(1), []);
  assert.deepEqual(
    (await ranked(7)).map(({ wallets: paid }) => paid),
    [10n],
  );
});

test("a day is ranked once, when its last answers have ended, and so are those that were missed", async (t) => {
  const { app, use, wallets, rank, ranked, clock, database } = await openBed(t);
  const days = async (): Promise<string[]> => {
    const rows = await database.query<{ day: string }>(
      "SELECT to_char(last_day, 'YYYY-MM-DD') AS day FROM app_ranking_days ORDER BY 1",
    );
    return rows.map(({ day }) => day);
  };
  await rank();
  const first = await days();
  assert.deepEqual([first.length, first[0], first.at(-1)], [APP_RANKINGS_BACK_DAYS, "2026-11-19", "2026-11-25"]);
  const many = await wallets(APP_WALLETS_MIN);
  await use({ app: await app("late.org"), wallets: many, day: "2026-11-25" });
  await use({ app: await app("next.org"), wallets: many, day: "2026-11-26" });
  clock.advance(DAY_MS - 1);
  await rank();
  assert.deepEqual(await days(), first);
  assert.deepEqual(await ranked(1), []); // as it was shown
  clock.advance(1);
  await rank();
  assert.deepEqual((await days()).slice(-1), ["2026-11-26"]);
  assert.deepEqual(
    (await ranked(1, "2026-11-26")).map(({ site }) => site),
    ["https://next.org/"],
  );
  assert.equal((await ranked(7, "2026-11-26")).length, 2);
});

test("rankings of before the history are forgotten, and not made again", async (t) => {
  const { app, use, wallets, clock, database } = await openBed(t);
  await use({ app: await app("kept.org"), wallets: await wallets(APP_WALLETS_MIN), day: "2026-11-24" });
  const rows = async (): Promise<number> => (await database.query("SELECT FROM app_rankings")).length;
  await rankApps(database.query, clock, HISTORY_DAYS);
  assert.equal(await rows(), 1 + 2 + 2); // a day, two weeks and two months have it in them
  await rankApps(database.query, clock, 1);
  assert.deepEqual(await database.query("SELECT last_day - DATE '2026-11-25' AS day FROM app_ranking_days"), [
    { day: 0 },
  ]);
  assert.equal(await rows(), 2);
});

test("so many apps are ranked and no more", async (t) => {
  const { use, wallets, rank, ranked, database, addUser } = await openBed(t);
  const many = await wallets(APP_WALLETS_MIN);
  const { user } = await addUser(1n);
  const made = await database.query<{ n: number }>(
    "SELECT app_number($1, 'https://' || n || '.org/', '', 1000, 1000) AS n FROM generate_series(1, $2::integer) n",
    [user, APPS_RANKED_MAX + 1],
  );
  for (const { n } of made) await use({ app: -n, wallets: many, tokens: 1_000 - n });
  await rank();
  const found = await ranked();
  assert.deepEqual(
    found.map((one) => one.rank),
    Array.from({ length: APPS_RANKED_MAX }, (_, index) => index + 1),
  );
});

test("one instance ranks at a time", async (t) => {
  const { database, rank } = await openBed(t);
  await database.transaction(async (query) => {
    await query("SELECT pg_advisory_xact_lock(hashtext('aimo app rankings'))");
    await rank();
    assert.deepEqual(await database.query("SELECT FROM app_ranking_days"), []);
  });
  await rank();
  assert.equal((await database.query("SELECT FROM app_ranking_days")).length, APP_RANKINGS_BACK_DAYS);
});

test("ranking reads the rows that count in public and none of the others", async (t) => {
  const { app, use, wallets, database } = await openBed(t);
  const PRIVATE_ROWS = 20_000;
  await use({ app: await app("public.org"), wallets: await wallets(APP_WALLETS_MIN) });
  await database.query(
    `INSERT INTO usage_daily (user_id, day, key_id, model_id, provider_id, requests, prompt_tokens, completion_tokens, reasoning_tokens,
      cached_tokens, cost, app_id) SELECT n, '2026-11-25', n, 1, 1, 1, 1, 1, 0, 0, 1, n % 3 FROM generate_series(1, $1::integer) n`,
    [PRIVATE_ROWS],
  );
  const read = async (isCounted: boolean): Promise<bigint> => {
    if (isCounted) await database.query("ANALYZE");
    return await database.transaction(async (query) => {
      await query("INSERT INTO app_ranking_days VALUES ('2026-11-25', now())");
      await query("SELECT app_rank('2026-11-25', 1::smallint, 1, 10, 200, 10)");
      const [row] = await query<{ rows: bigint }>(
        "SELECT seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables WHERE relname = 'usage_daily'",
      );
      await query("DELETE FROM app_ranking_days");
      return row?.rows ?? 0n;
    });
  };
  for (const rows of [await read(false), await read(true)]) {
    assert.ok(rows >= APP_WALLETS_MIN && rows <= 4 * APP_WALLETS_MIN, `${rows} rows`); // a few may be counted again
  }
});
