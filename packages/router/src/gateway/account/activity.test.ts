// Days of usage over HTTP: which days, exact sums, and only the caller's own.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);

describe("activity", () => {
  let bed: ActivityServer;
  before(async () => void (bed = await startActivityServer(manualClock(NOW))));
  after(() => bed.close());

  test("sums completed days by model and provider, and today only when asked", async () => {
    const { user, key } = await bed.payer();
    const sister = await bed.posted.key(user);
    const [one, other] = [await bed.posted.party(), await bed.posted.party()];
    const yesterday = NOW - DAY_MS;
    await bed.posted.answer({
      key,
      provider: one,
      atMs: yesterday,
      model: "acme/a",
      cost: 1n,
      promptTokens: 10,
      completionTokens: 4,
      reasoningTokens: 3,
    });
    await bed.posted.answer({
      key: sister,
      provider: one,
      atMs: yesterday,
      model: "acme/a",
      cost: 2_000_000_001n,
      promptTokens: 5,
      completionTokens: 1,
    });
    await bed.posted.answer({ key, provider: other, atMs: yesterday, model: "acme/a", cost: 7n });
    await bed.posted.answer({ key, provider: one, atMs: NOW, model: "acme/b", cost: 5n });
    await bed.posted.answer({ key, provider: one, atMs: NOW - 30 * DAY_MS, model: "acme/b", cost: 11n });
    await bed.posted.answer({ key, provider: one, atMs: NOW - 31 * DAY_MS, model: "acme/b", cost: 13n });
    const caller = { session: user.wallet };
    const { text } = await bed.get("/activity", caller);
    assert.match(text, /"usage":2\.000000002,/);
    const rows = await bed.data<
      {
        date: string;
        usage: number;
        model: string;
        provider_name: string;
      }[]
    >("/activity", caller);
    assert.deepEqual(rows[0], {
      date: "2026-11-24",
      model: "acme/a",
      model_permaslug: "acme/a",
      endpoint_id: `${one.wallet}:a`,
      provider_name: one.wallet,
      usage: 2.000000002,
      cost: "2.000000002",
      byok_usage_inference: 0,
      requests: 2,
      prompt_tokens: 15,
      completion_tokens: 5,
      reasoning_tokens: 3,
      cached_tokens: 0,
    });
    assert.deepEqual(
      rows.map(({ date, provider_name: provider }) => [date, provider]),
      [
        ["2026-11-24", one.wallet],
        ["2026-11-24", other.wallet],
        ["2026-10-26", one.wallet],
      ],
    );
    const days = async (query: string): Promise<string[]> =>
      (await bed.data<{ date: string }[]>(`/activity?${query}`, caller)).map(({ date }) => date);
    assert.deepEqual(await days(`include_today=true&api_key_hash=${key.id}`), [
      "2026-11-25",
      "2026-11-24",
      "2026-11-24",
      "2026-10-26",
    ]);
    assert.deepEqual(await days(`api_key_hash=${sister.id}`), ["2026-11-24"]);
    assert.deepEqual(await days("date=2026-11-24"), ["2026-11-24", "2026-11-24"]);
    assert.deepEqual(await days("date=2026-11-25&include_today=true"), ["2026-11-25"]);
    const [grouped] = await bed.data<{ workspace_id: string }[]>("/activity?group_by=workspace", caller);
    assert.equal(grouped?.workspace_id, user.wallet);
  });

  test("tells apps apart where that is asked for, each sum once and no less than all", async () => {
    const { user, key } = await bed.payer();
    const provider = await bed.posted.party();
    const chat = await bed.app(user, "https://activity.example.org/", "Chat");
    const editor = await bed.app(user, "https://editor.example.org/", "");
    const answer = { key, provider, atMs: NOW - DAY_MS };
    await bed.posted.answer({ ...answer, cost: 1n, app: chat.number });
    await bed.posted.answer({ ...answer, cost: 2n, app: -chat.number }); // in public or not, it is the same app
    await bed.posted.answer({ ...answer, cost: 9n, app: editor.number });
    await bed.posted.answer({ ...answer, cost: 100n });
    type Row = Record<"usage" | "requests" | "app_id" | "app_name" | "http_referer", unknown>;
    const rows = await bed.data<Row[]>("/activity?group_by=app", { session: user.wallet });
    assert.deepEqual(
      rows.map(({ usage, requests, app_id, app_name, http_referer }) => [
        usage,
        requests,
        app_id,
        app_name,
        http_referer,
      ]),
      [
        [1e-7, 1, null, null, null],
        [9e-9, 1, editor.site, null, "https://editor.example.org/"],
        [3e-9, 2, chat.site, "Chat", "https://activity.example.org/"],
      ],
    );
    const [whole] = await bed.data<Row[]>("/activity", { session: user.wallet });
    assert.deepEqual([whole?.usage, whole?.requests], [1.12e-7, 4]);
    assert.ok(whole && !("app_id" in whole));
    const other = await bed.payer();
    assert.deepEqual(await bed.data("/activity?group_by=app", { session: other.user.wallet }), []);
  });

  test("tells keys apart where that is asked for, with their names", async () => {
    const { user, key } = await bed.payer();
    const sister = await bed.posted.key(user);
    await bed.database.query("UPDATE keys SET name = 'shop' WHERE id = $1", [sister.number]);
    const provider = await bed.posted.party();
    const answer = { provider, atMs: NOW - DAY_MS, cachedTokens: 2 };
    await bed.posted.answer({ ...answer, key, cost: 1n });
    await bed.posted.answer({ ...answer, key, cost: 2n });
    await bed.posted.answer({ ...answer, key: sister, cost: 9_007_199_254_740n });
    type Row = Record<"cost" | "requests" | "cached_tokens" | "api_key_hash" | "api_key_label", unknown>;
    const rowsOf = async (query: string): Promise<unknown[][]> => {
      const rows = await bed.data<Row[]>(`/activity?group_by=api_key${query}`, { session: user.wallet });
      return rows.map((row) => [row.api_key_hash, row.api_key_label, row.cost, row.requests, row.cached_tokens]);
    };
    const sisters = [sister.id, "shop", "9007.19925474", 1, 2];
    assert.deepEqual(await rowsOf(""), [sisters, [key.id, key.id, "0.000000003", 2, 4]]);
    assert.deepEqual(await rowsOf(`&api_key_hash=${sister.id}`), [sisters]);
    const [whole] = await bed.data<Row[]>("/activity", { session: user.wallet });
    assert.ok(whole && !("api_key_hash" in whole));
    const other = await bed.payer();
    assert.deepEqual(await bed.data("/activity?group_by=api_key", { session: other.user.wallet }), []);
  });

  test("is the caller's own, and needs a session or the scope", async () => {
    const { key } = await bed.payer();
    const stranger = await bed.payer();
    await bed.posted.answer({ key, provider: stranger.user, atMs: NOW - DAY_MS, cost: 3n });
    assert.deepEqual(await bed.data("/activity", { session: stranger.user.wallet }), []);
    assert.deepEqual(await bed.data(`/activity?api_key_hash=${key.id}`, { key: stranger.key, may: "account" }), []);
    assert.equal(await bed.code("/activity", { key, may: "completion_model" }), "scope_missing");
    assert.equal(await bed.code("/activity"), "missing_key");
  });

  test("refuses days beyond its thirty, and hostile parameters", async () => {
    const { user } = await bed.payer();
    for (const query of [
      "date=2026-11-25",
      "date=2026-10-25",
      "date=2026-11-26&include_today=true",
      "date=2026-11-31",
      "date=today",
      "api_key_hash=zz",
      "group_by=user",
      "include_today=yes",
    ]) {
      assert.equal(await bed.code(`/activity?${query}`, { session: user.wallet }), "invalid_request", query);
    }
  });
});
