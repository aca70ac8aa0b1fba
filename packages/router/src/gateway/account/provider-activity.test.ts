// What a provider is told over HTTP: what it earned and served, and never who paid.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { ActivityServer } from "../../test-bed/activity-server.ts";
import { startActivityServer } from "../../test-bed/activity-server.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);

describe("a provider", () => {
  let bed: ActivityServer;
  before(async () => void (bed = await startActivityServer(manualClock(NOW))));
  after(() => bed.close());

  test("sees what it earned, is owed and was not paid for, and never who paid", async () => {
    const { user, key } = await bed.payer();
    const second = await bed.payer();
    const provider = await bed.posted.party();
    const serving = { key: await bed.posted.key(provider), may: "earn_only" } as const;
    await bed.posted.answer({ key, provider, atMs: NOW - DAY_MS, model: "acme/a", cost: 1_000n });
    await bed.posted.answer({ key: second.key, provider, atMs: NOW, model: "acme/a", cost: 2_000_000_001n });
    const unpaid = await bed.posted.answer({
      key,
      provider,
      atMs: NOW,
      model: "acme/b",
      kind: 1,
      flags: 32,
      unpaid: { reason: "no_usage", amount: 0n },
    });
    await bed.posted.answer({
      key,
      provider,
      atMs: NOW - 1_000,
      model: "acme/b",
      kind: 1,
      flags: 16,
      unpaid: { reason: "interrupted", amount: 41n },
    });
    await bed.posted.settle(second.user, provider, 1_000_000_000n, 100n, 1n);
    const text = (await bed.get("/provider/earnings", serving)).text;
    assert.deepEqual((JSON.parse(text) as { data: unknown }).data, {
      claimable: "0.9999999",
      withdrawing: "0",
      payable: "1.000001",
      by_day: [
        { date: "2026-11-25", model: "acme/a", requests: 1, earned: "2.000000001" },
        { date: "2026-11-25", model: "acme/b", requests: 2, earned: "0" },
        { date: "2026-11-24", model: "acme/a", requests: 1, earned: "0.000001" },
      ],
      unpaid: [
        { reason: "interrupted", count: 1, amount: "0.000000041" },
        { reason: "no_usage", count: 1, amount: "0" },
        { reason: "shortfall", count: 1, amount: "0.000000001" },
      ],
      recent_unpaid: [
        { id: unpaid, model: "acme/b", reason: "no_usage", amount: "0", at: "2026-11-25T08:00:00.500Z" },
        { id: null, model: "acme/a", reason: "shortfall", amount: "0.000000001", at: "2026-11-25T08:00:00.000Z" },
        {
          id: (JSON.parse(text) as { data: { recent_unpaid: { id: string }[] } }).data.recent_unpaid[2]?.id,
          model: "acme/b",
          reason: "interrupted",
          amount: "0.000000041",
          at: "2026-11-25T07:59:59.500Z",
        },
      ],
    });
    const served = await bed.get("/provider/activity", serving);
    for (const secret of [user.wallet, key.id, second.user.wallet, second.key.id]) {
      assert.equal(text.includes(secret) || served.text.includes(secret), false);
    }
  });

  test("sees the days and the newest of what it served", async () => {
    const { key } = await bed.payer();
    const provider = await bed.posted.party();
    const old = { key, provider, atMs: NOW - 31 * DAY_MS, cost: 1n };
    await bed.posted.answer(old);
    const first = await bed.posted.answer({
      ...old,
      atMs: NOW - 2 * DAY_MS,
      promptTokens: 9,
      cachedTokens: 2,
      reasoningTokens: 1,
    });
    const second = await bed.posted.answer({ ...old, atMs: NOW, flags: 3 });
    const data = await bed.data<{
      by_day: unknown[];
      recent: { id: string; cancelled: boolean; cost: string }[];
    }>("/provider/activity", { session: provider.wallet });
    assert.deepEqual(data.by_day[1], {
      date: "2026-11-23",
      model: "acme/one",
      requests: 1,
      prompt_tokens: 9,
      completion_tokens: 5,
      reasoning_tokens: 1,
      cached_tokens: 2,
      cost: "0.000000001",
    });
    assert.deepEqual(
      data.recent.map(({ id, cancelled, cost }) => [id, cancelled, cost]),
      [
        [second, true, "0.000000001"],
        [first, false, "0.000000001"],
      ],
    );
  });

  test("is told of no app that its users use", async () => {
    const { user, key } = await bed.payer();
    const provider = await bed.posted.party();
    const { number } = await bed.app(user, "https://secret-app.example.org/", "Secret App");
    await bed.posted.answer({ key, provider, atMs: NOW - DAY_MS, app: number });
    await bed.posted.answer({ key, provider, atMs: NOW, app: -number });
    for (const path of ["/provider/activity", "/provider/earnings"]) {
      const { status, text } = await bed.get(path, { session: provider.wallet });
      assert.equal(status, 200);
      assert.doesNotMatch(text, /secret.app|app_id|referer/i);
    }
    const { by_day: days } = await bed.data<{ by_day: unknown[] }>("/provider/activity", { session: provider.wallet });
    assert.equal(days.length, 2);
  });

  test("sees nothing of another, and its users see nothing there", async () => {
    const { user, key } = await bed.payer();
    const [provider, other] = [await bed.posted.party(), await bed.posted.party()];
    await bed.posted.answer({ key, provider, atMs: NOW, cost: 1n, unpaid: { reason: "late", amount: 1n } });
    for (const session of [other.wallet, user.wallet]) {
      assert.deepEqual(await bed.data("/provider/activity", { session }), { by_day: [], recent: [] });
      assert.deepEqual(await bed.data("/provider/earnings", { session }), {
        claimable: "0",
        withdrawing: "0",
        payable: "0",
        by_day: [],
        unpaid: [],
        recent_unpaid: [],
      });
    }
    for (const path of ["/provider/activity", "/provider/earnings"]) {
      assert.equal(await bed.code(path), "missing_key");
      assert.equal(await bed.code(path, { key, may: "account" }), "scope_missing");
    }
  });
});
