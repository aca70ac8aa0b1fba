// The ranking of apps over HTTP: which days, pages, and what is refused.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { APP_RANKINGS_KEPT_MS } from "../../activity/limits.ts";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const DAY_MS = 86_400_000;
const TODAY = Date.UTC(2026, 10, 26);
const WAIT_MS = 3_600_000; // APP_RANKINGS_WAIT_MS and APP_WALLETS_MIN of the ledger
const WALLETS_MIN = 10;

interface Ranking {
  readonly data: readonly Record<string, unknown>[];
  readonly meta: Record<string, string>;
}

describe("the ranking of apps", () => {
  let bed: ActivityServer;
  let clock: ManualClock;
  before(async () => {
    clock = manualClock(TODAY + WAIT_MS);
    bed = await startActivityServer(clock);
  });
  after(() => bed.close());

  const get = async (query = ""): Promise<Ranking> => {
    const { status, text, json } = await bed.get(`/datasets/app-rankings${query}`);
    assert.equal(status, 200, text);
    return json as Ranking;
  };
  const rank = async (): Promise<void> => {
    await bed.rankApps();
    clock.advance(APP_RANKINGS_KEPT_MS);
  };
  const names = ({ data }: Ranking): unknown[] => data.map(({ app_name: name }) => name);

  test("is empty where nothing was ranked, for everybody and without a key", async () => {
    assert.deepEqual(await get(), {
      data: [],
      meta: {
        as_of: "2026-11-26T01:00:00.000Z",
        version: "v1",
        start_date: "2026-10-27",
        end_date: "2026-11-25",
      },
    });
    clock.advance(APP_RANKINGS_KEPT_MS);
  });

  test("has what wallets were charged for the day before, once the day is over, and nothing of who they are", async () => {
    const provider = await bed.posted.party();
    const payers = await Promise.all(Array.from({ length: WALLETS_MIN + 2 }, () => bed.payer()));
    const [first] = payers;
    assert.ok(first);
    const chat = await bed.app(first.user, "https://chat.example.org/", "Chat");
    const editor = await bed.app(first.user, "https://editor.example.org/app", "");
    const hidden = await bed.app(first.user, "https://hidden.example.org/", "Hidden");
    const answers = payers.flatMap(({ key }, index) =>
      [-chat.number, hidden.number, index < WALLETS_MIN ? -editor.number : editor.number].map((app) => ({
        ...{ key, provider, atMs: TODAY - DAY_MS / 2, cost: 10_000_000n, app },
        ...{ promptTokens: 70, completionTokens: 35 },
      })),
    );
    for (const answer of answers) await bed.posted.answer(answer);
    await rank();
    const ranking = await get("?period=day");
    assert.deepEqual(ranking.data, [
      {
        rank: 1,
        app_id: chat.site,
        app_name: "Chat",
        app_url: "https://chat.example.org/",
        total_tokens: "1200", // of 1,260
        total_requests: 12,
        total_wallets: 12,
        models: ["acme/one"],
      },
      {
        rank: 2,
        app_id: editor.site,
        app_name: "editor.example.org",
        app_url: "https://editor.example.org/app",
        total_tokens: "1000",
        total_requests: 10,
        total_wallets: 10,
        models: ["acme/one"],
      },
    ]);
    assert.deepEqual([ranking.meta["start_date"], ranking.meta["end_date"]], ["2026-11-25", "2026-11-25"]);
    const { text } = await bed.get("/datasets/app-rankings");
    for (const { user, key } of payers) assert.ok(!text.includes(user.wallet) && !text.includes(key.id));
    assert.ok(!text.includes(provider.wallet) && !text.includes("hidden"));
  });

  test("covers the days that are asked for, by name or by the first and the last of them", async () => {
    const spans: Record<string, readonly [string, string, number]> = {
      "": ["2026-10-27", "2026-11-25", 2],
      "?period=month": ["2026-10-27", "2026-11-25", 2],
      "?period=week": ["2026-11-19", "2026-11-25", 2],
      "?period=day&end_date=2026-11-24": ["2026-11-24", "2026-11-24", 0],
      "?period=week&end_date=2026-11-24": ["2026-11-18", "2026-11-24", 0],
      "?start_date=2026-11-19&end_date=2026-11-25": ["2026-11-19", "2026-11-25", 2],
      "?start_date=2026-11-25&end_date=2026-11-25&period=day": ["2026-11-25", "2026-11-25", 2],
      "?end_date=2025-01-01": ["2024-12-03", "2025-01-01", 0], // never ranked
    };
    for (const [query, [start, end, count]] of Object.entries(spans)) {
      const { data, meta } = await get(query);
      assert.deepEqual([meta["start_date"], meta["end_date"], data.length], [start, end, count], query);
    }
  });

  test("comes in pages whose ranks go on", async () => {
    assert.deepEqual(names(await get("?limit=1")), ["Chat"]);
    const second = await get("?limit=1&offset=1&sort=popular");
    assert.deepEqual([names(second), second.data[0]?.["rank"]], [["editor.example.org"], 2]);
    assert.deepEqual(names(await get("?limit=100&offset=100")), []);
  });

  test("is told as it was read for a while, and then anew", async () => {
    assert.equal((await get("?period=day")).data.length, 2);
    await bed.database.query("DELETE FROM app_rankings WHERE rank = 2");
    clock.advance(APP_RANKINGS_KEPT_MS - 1);
    assert.equal((await get("?period=day")).data.length, 2);
    clock.advance(1);
    assert.equal((await get("?period=day")).data.length, 1);
  });

  test("refuses days that are not over or not a whole period, and pages beyond the last", async () => {
    for (const query of [
      "period=year",
      "sort=trending",
      "end_date=2026-11-26",
      "end_date=2026-02-30",
      "end_date=yesterday",
      "start_date=2026-11-19",
      "start_date=2026-11-20&end_date=2026-11-25",
      "start_date=2026-11-26&end_date=2026-11-25",
      "start_date=2026-11-19&end_date=2026-11-25&period=day",
      "limit=0",
      "limit=101",
      "limit=-1",
      "limit=1e2",
      "offset=101",
      "offset=1.5",
    ]) {
      assert.equal(await bed.code(`/datasets/app-rankings?${query}`), "invalid_request", query);
    }
  });
});
