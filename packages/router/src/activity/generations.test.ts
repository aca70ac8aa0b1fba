// Generations as they are read back: exact, only for whom they are, and page by page without a gap.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import type { Answer, Party, PostedGenerations, PostedKey } from "../test-bed/posted-generations.ts";
import { createPostedGenerations } from "../test-bed/posted-generations.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import type { GenerationFilter, Generations } from "./generations.ts";
import { createGenerations } from "./generations.ts";

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 25, 8);

describe("the generations of a wallet", () => {
  const clock = manualClock(NOW);
  let database: Database;
  let posted: PostedGenerations;
  let generations: Generations;
  let user: Party;
  let provider: Party;
  before(async () => {
    database = await openTestDatabase();
    posted = await createPostedGenerations(database, clock);
    generations = createGenerations(database);
    for (const table of ["journal", "generations"]) {
      await database.query("SELECT ledger_make_partitions($1, '2026-11-10', 20)", [table]);
    }
    user = await posted.party();
    provider = await posted.party();
    await posted.deposit(user, 10n ** 15n);
  });
  after(() => database.close());

  const answers = async (key: PostedKey, times: readonly number[], more: Partial<Answer> = {}): Promise<string[]> => {
    const ids: string[] = [];
    for (const atMs of times) ids.push(await posted.answer({ key, provider, atMs, ...more }));
    return ids;
  };
  const walk = async (wallet: string, filter: GenerationFilter, onlyKeyId?: string): Promise<string[][]> => {
    const pages: string[][] = [];
    const reader = { wallet, ...(onlyKeyId !== undefined && { onlyKeyId }) };
    let cursor: string | undefined;
    do {
      const page = await generations.list(reader, { ...filter, ...(cursor !== undefined && { before: cursor }) });
      pages.push(page.generations.map(({ id }) => id));
      cursor = page.next;
      assert.ok(pages.length < 50, "the walk ends");
    } while (cursor !== undefined);
    return pages;
  };

  test("one is read back as it was posted", async () => {
    const key = await posted.key(user);
    const atMs = NOW - 5_000;
    const id = await posted.answer({
      key,
      provider,
      atMs,
      model: "acme/large",
      cost: 123_456_789n,
      promptTokens: 1_000,
      completionTokens: 300,
      cachedTokens: 600,
      reasoningTokens: 200,
      firstOutputMs: 250,
      durationMs: 4_000,
      imageCount: 2,
      flags: 1 + 4,
      finishReason: "length",
    });
    assert.deepEqual(await generations.find({ wallet: user.wallet }, id), {
      id,
      createdAtMs: atMs,
      keyId: key.id,
      model: "acme/large",
      provider: provider.wallet,
      promptTokens: 1_000,
      completionTokens: 300,
      cachedTokens: 600,
      reasoningTokens: 200,
      imageCount: 2,
      firstOutputMs: 250,
      durationMs: 4_000,
      cost: 123_456_789n,
      cacheDiscountPico: 600n * 600_000n,
      finishReason: "length",
      isStreamed: true,
      isCancelled: false,
      isUsageAdjusted: true,
      isUsageEstimated: false,
      isUsageReplayed: false,
      isInterrupted: false,
      hasNoUsage: false,
      app: undefined,
    });
  });

  test("one that was broken off cost nothing and says so", async () => {
    const key = await posted.key(user);
    const id = await posted.answer({
      key,
      provider,
      atMs: NOW,
      kind: 1,
      flags: 16,
      finishReason: "",
      firstOutputMs: null,
    });
    const found = await generations.find({ wallet: user.wallet }, id);
    assert.ok(found);
    assert.deepEqual(
      [found.cost, found.isInterrupted, found.finishReason, found.firstOutputMs, found.cacheDiscountPico],
      [0n, true, null, null, null],
    );
  });

  test("one is there for its wallet and its key, and for nobody else", async () => {
    const [key, sister] = [await posted.key(user), await posted.key(user)];
    const stranger = await posted.party();
    const strangersKey = await posted.key(stranger);
    const id = await posted.answer({ key, provider, atMs: NOW, cost: 1n });
    const sees = async (wallet: string, onlyKeyId?: string): Promise<boolean> =>
      (await generations.find({ wallet, ...(onlyKeyId !== undefined && { onlyKeyId }) }, id)) !== undefined;
    assert.deepEqual([await sees(user.wallet), await sees(user.wallet, key.id)], [true, true]);
    assert.deepEqual(
      [
        await sees(user.wallet, sister.id),
        await sees(stranger.wallet),
        await sees(stranger.wallet, key.id),
        await sees(stranger.wallet, strangersKey.id),
        await sees(provider.wallet),
        await sees("1".repeat(32)),
      ],
      [false, false, false, false, false, false],
    );
  });

  test("text that is no id, and an id of no time there is, find nothing", async () => {
    for (const id of [
      "",
      "gen-",
      "gen-1",
      "gen-ffffffff-ffff-7fff-bfff-ffffffffffff",
      "gen-00000000-0000-7000-8000-000000000000",
      "gen-00000000-0000-4000-8000-000000000000",
      "GEN-00000000-0000-7000-8000-000000000000",
      "gen-'; DROP TABLE generations; --",
    ]) {
      assert.equal(await generations.find({ wallet: user.wallet }, id), undefined);
    }
  });

  test("a list merges all keys of the wallet, the newest first, and each page goes on where the last ended", async () => {
    const owner = await posted.party();
    const keys = [await posted.key(owner), await posted.key(owner), await posted.key(owner)];
    const ids: string[] = [];
    for (let index = 0; index < 23; index += 1) {
      const key = keys[index % 3];
      assert.ok(key);
      ids.push(...(await answers(key, [NOW - index * 5 * 3_600_000])));
    }
    for (const limit of [1, 5, 7, 22, 23, 24, 100]) {
      const pages = await walk(owner.wallet, { limit });
      assert.deepEqual(pages.flat(), ids);
      for (const page of pages.slice(0, -1)) assert.equal(page.length, limit);
    }
  });

  test("a list is not moved by what comes in meanwhile", async () => {
    const owner = await posted.party();
    const key = await posted.key(owner);
    const ids = await answers(
      key,
      [1, 2, 3, 4, 5, 6].map((hour) => NOW - hour * 3_600_000),
    );
    const first = await generations.list({ wallet: owner.wallet }, { limit: 3 });
    const newer = await answers(key, [NOW, NOW - 10]);
    const second = await generations.list({ wallet: owner.wallet }, { limit: 3, before: first.next ?? "" });
    assert.deepEqual(
      [...first.generations, ...second.generations].map(({ id }) => id),
      ids,
    );
    assert.deepEqual((await walk(owner.wallet, { limit: 3 })).flat(), [...newer, ...ids]);
  });

  test("a list has what its filters say, each by itself and together", async () => {
    const owner = await posted.party();
    const [one, other] = [await posted.key(owner), await posted.key(owner)];
    const second = await posted.party();
    const a = await posted.answer({ key: one, provider, atMs: NOW - 3 * DAY_MS, model: "acme/a" });
    const b = await posted.answer({ key: other, provider, atMs: NOW - 2 * DAY_MS, model: "acme/b" });
    const c = await posted.answer({ key: one, provider: second, atMs: NOW - DAY_MS, model: "acme/a" });
    const d = await posted.answer({ key: other, provider: second, atMs: NOW - 1_000, model: "acme/a" });
    const list = async (filter: Partial<GenerationFilter>): Promise<string[]> =>
      (await walk(owner.wallet, { limit: 1, ...filter })).flat();
    assert.deepEqual(await list({}), [d, c, b, a]);
    assert.deepEqual(await list({ model: "acme/a" }), [d, c, a]);
    assert.deepEqual(await list({ model: "acme/none" }), []);
    assert.deepEqual(await list({ keyId: one.id }), [c, a]);
    assert.deepEqual(await list({ keyId: "0".repeat(32) }), []);
    assert.deepEqual(await list({ provider: provider.wallet }), [b, a]);
    assert.deepEqual(await list({ provider: "1".repeat(32) }), []);
    assert.deepEqual(await list({ model: "acme/a", keyId: other.id, provider: second.wallet }), [d]);
    const atC = NOW - DAY_MS;
    assert.deepEqual(await list({ fromMs: atC }), [d, c]);
    assert.deepEqual(await list({ fromMs: atC + 1 }), [d]);
    assert.deepEqual(await list({ toMs: atC }), [b, a]);
    assert.deepEqual(await list({ toMs: atC + 1 }), [c, b, a]);
    assert.deepEqual(await list({ fromMs: NOW, toMs: NOW }), []);
    assert.deepEqual(await list({ fromMs: 8e15, toMs: -8e15 }), []);
  });

  test("a key by itself lists what it made, whatever it asks for", async () => {
    const owner = await posted.party();
    const [key, sister] = [await posted.key(owner), await posted.key(owner)];
    const mine = await answers(key, [NOW, NOW - DAY_MS]);
    await answers(sister, [NOW - 5, NOW - DAY_MS]);
    assert.deepEqual((await walk(owner.wallet, { limit: 1 }, key.id)).flat(), mine);
    assert.deepEqual((await walk(owner.wallet, { limit: 1, keyId: sister.id }, key.id)).flat(), []);
  });

  test("a list of a stranger is empty, with any filter", async () => {
    const stranger = await posted.party();
    const key = await posted.key(user);
    await answers(key, [NOW]);
    for (const filter of [{}, { keyId: key.id }, { provider: provider.wallet }]) {
      assert.deepEqual(await generations.list({ wallet: stranger.wallet }, { limit: 10, ...filter }), {
        generations: [],
        next: undefined,
      });
    }
  });

  test("a list goes on over years without an answer, and past days whose rows are gone", async () => {
    const owner = await posted.party();
    const key = await posted.key(owner);
    const old = await answers(key, [NOW - 1_000 * DAY_MS, NOW - 1_001 * DAY_MS]);
    const gone = await answers(key, [NOW - 400 * DAY_MS]);
    const recent = await answers(key, [NOW - DAY_MS]);
    await database.query("DELETE FROM generations WHERE id = $1", [gone[0]?.slice("gen-".length)]);
    assert.deepEqual((await walk(owner.wallet, { limit: 1 })).flat(), [...recent, ...old]);
    assert.deepEqual((await walk(owner.wallet, { limit: 100 })).flat(), [...recent, ...old]);
    assert.deepEqual((await walk(owner.wallet, { limit: 100, fromMs: NOW - 1_000 * DAY_MS })).flat(), [
      ...recent,
      ...old.slice(0, 1),
    ]);
  });
});
