// Generations over HTTP: whose they are, what they say, and how they are listed.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ActivityServer, TestCaller } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);

describe("generations over HTTP", () => {
  let bed: ActivityServer;
  before(async () => void (bed = await startActivityServer(manualClock(NOW))));
  after(() => bed.close());

  test("has OpenRouter's fields with this answer's numbers, its cost to the last digit", async () => {
    const { user, key } = await bed.payer();
    const provider = await bed.posted.party();
    const id = await bed.posted.answer({
      key,
      provider,
      model: "acme/large",
      atMs: NOW - 1_500,
      cost: 1_234_567_890_123_456n / 10n,
      promptTokens: 1_000,
      completionTokens: 30,
      cachedTokens: 600,
      reasoningTokens: 20,
      imageCount: 2,
    });
    const { text } = await bed.get(`/generation?id=${id}`, { session: user.wallet });
    assert.match(text, /"total_cost":123456\.789012345,"usage":123456\.789012345,"cost":"123456\.789012345"/);
    const data = (JSON.parse(text) as { data: Record<string, unknown> }).data;
    const expected = {
      id,
      created_at: "2026-11-25T07:59:58.500Z",
      model: "acme/large",
      provider_name: provider.wallet,
      key_id: key.id,
      streamed: true,
      cancelled: false,
      interrupted: false,
      finish_reason: "stop",
      latency: 120,
      generation_time: 500,
      tokens_prompt: 1_000,
      native_tokens_completion: 30,
      native_tokens_cached: 600,
      native_tokens_reasoning: 20,
      num_media_prompt: 2,
      cache_discount: 0.00036,
      is_byok: false,
    };
    const found = Object.fromEntries(Object.keys(expected).map((name) => [name, data[name]]));
    assert.deepEqual(found, expected);
  });

  test("says to its owner which app it was asked from, and null where none was named", async () => {
    const { user, key } = await bed.payer();
    const provider = await bed.posted.party();
    const app = await bed.app(user, "https://chat.example.org/", "Anna's Chat");
    const nameless = await bed.app(user, "https://chat.example.org/", "");
    let atMs = NOW - 1_000;
    const shown = async (number: number): Promise<unknown> => {
      const id = await bed.posted.answer({ key, provider, atMs: (atMs += 1), app: number });
      type Row = Record<"app_id" | "app_name" | "http_referer", unknown>;
      const { app_id, app_name, http_referer } = await bed.data<Row>(`/generation?id=${id}`, { session: user.wallet });
      const listed = await bed.data<Row[]>("/generations?limit=1", { key, may: "completion_model" });
      assert.deepEqual(listed[0]?.app_id, app_id);
      return { app_id, app_name, http_referer };
    };
    const site = { app_id: app.site, http_referer: "https://chat.example.org/" };
    assert.deepEqual(await shown(app.number), { ...site, app_name: "Anna's Chat" });
    assert.deepEqual(await shown(-app.number), { ...site, app_name: "Anna's Chat" });
    assert.deepEqual(await shown(nameless.number), { ...site, app_name: null });
    assert.deepEqual(await shown(0), { app_id: null, app_name: null, http_referer: null });
  });

  test("of a model that no text can name are refused, and nothing breaks", async () => {
    const { user } = await bed.payer();
    const { status, text } = await bed.get("/generations?model=a%00b", { session: user.wallet });
    assert.equal(status, 400, text);
  });

  test("is there for the key that made it, the scope `account` and the session; all others get one and the same 404", async () => {
    const { user, key } = await bed.payer();
    const sister = await bed.posted.key(user);
    const stranger = await bed.payer();
    const provider = await bed.posted.party();
    const id = await bed.posted.answer({ key, provider, atMs: NOW });
    for (const caller of [
      { key, may: "completion_model" },
      { key, may: "account" },
      { key: sister, may: "account" },
      { session: user.wallet },
    ] as const) {
      assert.equal((await bed.data<{ id: string }>(`/generation?id=${id}`, caller)).id, id);
    }
    const missing = "gen-01936000-0000-7000-8000-000000000000";
    for (const caller of [
      { key: sister, may: "completion_model" },
      { key: stranger.key, may: "completion_model" },
      { key: stranger.key, may: "account" },
      { session: stranger.user.wallet },
      { session: provider.wallet },
    ] as const) {
      const [hidden, absent] = [
        await bed.get(`/generation?id=${id}`, caller),
        await bed.get(`/generation?id=${missing}`, caller),
      ];
      assert.deepEqual([hidden.status, absent.status], [404, 404]);
      assert.equal(hidden.text.replaceAll(id, missing), absent.text);
    }
    assert.equal(await bed.code(`/generation?id=${id}`), "missing_key");
  });

  test("is refused or not found under hostile ids", async () => {
    const { user } = await bed.payer();
    const caller = { session: user.wallet };
    for (const id of ["gen-1", "%00", "gen-ffffffff-ffff-7fff-bfff-ffffffffffff", "'%20OR%201=1--", "g".repeat(100)]) {
      assert.equal(await bed.code(`/generation?id=${id}`, caller), "generation_not_found");
    }
    for (const query of ["", "?id=", `?id=${"g".repeat(101)}`, "?id=a&id=b"]) {
      assert.equal(await bed.code(`/generation${query}`, caller), "invalid_request");
    }
  });

  test("is paged by its cursor and filtered by what the query says", async () => {
    const { user, key } = await bed.payer();
    const [one, other] = [await bed.posted.party(), await bed.posted.party()];
    const oldest = await bed.posted.answer({ key, provider: one, atMs: NOW - 2 * DAY_MS, model: "acme/a" });
    const middle = await bed.posted.answer({ key, provider: other, atMs: NOW - DAY_MS, model: "acme/b" });
    const newest = await bed.posted.answer({ key, provider: one, atMs: NOW, model: "acme/b" });
    const list = async (query: string): Promise<{ ids: string[]; next: string | null }> => {
      const { json, text, status } = await bed.get(`/generations${query}`, { session: user.wallet });
      assert.equal(status, 200, text);
      const { data, next_cursor: next } = json as { data: { id: string }[]; next_cursor: string | null };
      return { ids: data.map(({ id }) => id), next };
    };
    assert.deepEqual(await list(""), { ids: [newest, middle, oldest], next: null });
    const first = await list("?limit=2");
    assert.deepEqual(first.ids, [newest, middle]);
    assert.deepEqual(await list(`?limit=2&cursor=${first.next}`), { ids: [oldest], next: null });
    assert.deepEqual((await list("?model=ACME/b")).ids, [newest, middle]);
    assert.deepEqual((await list(`?provider=${one.wallet}`)).ids, [newest, oldest]);
    assert.deepEqual((await list(`?key=${key.id}`)).ids.length, 3);
    assert.deepEqual((await list(`?key=${"0".repeat(32)}`)).ids, []);
    assert.deepEqual((await list("?from=2026-11-24")).ids, [newest, middle]);
    assert.deepEqual((await list("?to=2026-11-24T09:00:00%2B01:00")).ids, [oldest]);
  });

  test("of a key without the scope has what the key made, and of a stranger nothing", async () => {
    const { user, key } = await bed.payer();
    const sister = await bed.posted.key(user);
    const stranger = await bed.payer();
    const provider = await bed.posted.party();
    const mine = await bed.posted.answer({ key, provider, atMs: NOW });
    const hers = await bed.posted.answer({ key: sister, provider, atMs: NOW - 10 });
    const ids = async (caller: TestCaller, query = ""): Promise<string[]> =>
      (await bed.data<{ id: string }[]>(`/generations${query}`, caller)).map(({ id }) => id);
    assert.deepEqual(await ids({ key, may: "completion_model" }), [mine]);
    assert.deepEqual(await ids({ key, may: "completion_model" }, `?key=${sister.id}`), []);
    assert.deepEqual(await ids({ key, may: "account" }), [mine, hers]);
    assert.deepEqual(await ids({ key: stranger.key, may: "account" }, `?key=${key.id}`), []);
    assert.deepEqual(await ids({ session: provider.wallet }), []);
    assert.equal(await bed.code("/generations"), "missing_key");
  });

  test("refuses hostile parameters", async () => {
    const { user } = await bed.payer();
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=-1",
      "limit=1e2",
      "limit=9999999999",
      "cursor=gen-1",
      "cursor=../../etc",
      "key=abc",
      "provider=0OIl",
      `model=${"m".repeat(201)}`,
      "from=yesterday",
      "from=2026-02-30",
      "from=2026-02-30T00:00:00Z",
      "to=2026-11-25T08:00:00",
      "to=275760-09-14",
    ]) {
      assert.equal(await bed.code(`/generations?${query}`, { session: user.wallet }), "invalid_request", query);
    }
  });
});
