// The history of prices on PostgreSQL: what several instances and restarts make of one offer, and what is kept of it.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { microUsdc } from "@aimo-network/protocol/money";
import { createLog } from "../log.ts";
import { newWallet } from "../test-bed/new-wallet.ts";
import { testDatabase } from "../test-bed/test-database.ts";
import type { Database } from "./database/database.ts";
import { openDatabase } from "./database/database.ts";
import { openPriceHistory } from "./price-history-books.ts";

const BOUNDS = { everyMs: 60_000, perOfferMax: 3, perWalletMax: 5, keptMs: 1_000_000 };
const START_MS = 1_800_000_000_000;

const wallet = (): string => base58.encode(newWallet().publicKey);

function entryOf(seller: string, prompt: bigint, sinceMs = START_MS, modelId = "acme/m") {
  const price = { prompt: microUsdc(prompt), completion: microUsdc(2n), image: microUsdc(0n), request: microUsdc(0n) };
  return { wallet: seller, modelId, price, sinceMs };
}

describe("the history of prices", () => {
  let url: string;
  before(async () => void (url = await testDatabase()));

  const open = (t: { after(close: () => Promise<void>): void }): Database => {
    const database = openDatabase(url, { clock: systemClock, log: createLog("silent") });
    t.after(() => database.close());
    return database;
  };

  test("has what differs from the last entry, a minute after it and not before", async (t) => {
    const books = openPriceHistory(open(t), BOUNDS);
    const seller = wallet();
    const cached = entryOf(seller, 1n, START_MS + 1);
    const withCache = { ...cached, price: { ...cached.price, inputCacheRead: microUsdc(0n) } };
    assert.deepEqual(await books.record([entryOf(seller, 1n)], START_MS), ["recorded"]);
    assert.deepEqual(await books.record([entryOf(seller, 1n)], START_MS + 90_000), ["known"]);
    assert.deepEqual(await books.record([withCache], START_MS + 59_999), ["too_soon"]);
    assert.deepEqual(
      await books.record([withCache], START_MS + 60_000),
      ["recorded"],
      "cached tokens have a price too",
    );
    assert.deepEqual(await books.newest("acme/m", 10, seller), [withCache, entryOf(seller, 1n)]);
    assert.deepEqual(await books.newest("acme/m", 1, seller), [withCache]);
  });

  test("tells of each entry what became of it, in their order", async (t) => {
    const books = openPriceHistory(open(t), BOUNDS);
    const [one, other] = [wallet(), wallet()];
    await books.record([entryOf(one, 1n, START_MS, "acme/mixed")], START_MS);
    const given = [
      entryOf(other, 7n, START_MS, "acme/mixed"),
      entryOf(one, 1n, START_MS, "acme/mixed"),
      entryOf(one, 2n, START_MS, "acme/else"),
    ];
    assert.deepEqual(await books.record(given, START_MS + 1), ["recorded", "known", "recorded"]);
    const sellers = (await books.newest("acme/mixed", 10)).map((entry) => entry.wallet);
    assert.deepEqual(sellers, [other, one], "newest first, of every seller");
  });

  test("has a change once, however many instances notice it together", async (t) => {
    const [first, second] = [open(t), open(t)];
    const seller = wallet();
    const instances = [first, second, first, second].map((database) => openPriceHistory(database, BOUNDS));
    const outcomes = await Promise.all(instances.map((books) => books.record([entryOf(seller, 5n)], START_MS)));
    assert.deepEqual(outcomes.flat().toSorted(), ["known", "known", "known", "recorded"]);
  });

  test("keeps so many entries of an offer and of a wallet, and for so long", async (t) => {
    const database = open(t);
    const books = openPriceHistory(database, BOUNDS);
    const seller = wallet();
    const prices = async (modelId: string): Promise<bigint[]> =>
      (await books.newest(modelId, 10, seller)).map(({ price }) => price.prompt);
    for (let minute = 1; minute <= 5; minute += 1) {
      const nowMs = START_MS + minute * 60_000;
      assert.deepEqual(await books.record([entryOf(seller, BigInt(minute), nowMs)], nowMs), ["recorded"]);
    }
    assert.deepEqual(await prices("acme/m"), [5n, 4n, 3n]);
    for (let index = 1; index <= 3; index += 1) {
      await books.record([entryOf(seller, 1n, START_MS, `acme/m${index}`)], START_MS + 400_000);
    }
    assert.deepEqual(await prices("acme/m"), [5n, 4n], "the oldest of the wallet went");
    await books.record([entryOf(wallet(), 1n)], START_MS + 300_000 + BOUNDS.keptMs);
    assert.deepEqual(await prices("acme/m"), [5n]);
    await books.record([entryOf(wallet(), 1n)], START_MS + 300_001 + BOUNDS.keptMs);
    assert.deepEqual(await prices("acme/m"), []);
    assert.deepEqual(await prices("acme/m3"), [1n]);
  });

  test("leaves nothing behind in the dictionaries of wallets, models and prices", async (t) => {
    const database = open(t);
    const count = async (): Promise<unknown> =>
      await database.query(
        "SELECT (SELECT count(*) FROM wallets) w, (SELECT count(*) FROM models) m, (SELECT count(*) FROM prices) p",
      );
    const empty = await count();
    await openPriceHistory(database, BOUNDS).record([entryOf(wallet(), 1n)], START_MS);
    assert.deepEqual(await count(), empty);
  });

  test("is read and written by its indexes, without reading other offers", async (t) => {
    const database = open(t);
    await database.query(
      `INSERT INTO price_history (wallet, model, since, written_at, prompt, completion, image, request)
       SELECT sha256(n::text::bytea), 'busy/' || n % 500, now(), now(), n, 1, 0, 0 FROM generate_series(1, 20000) n`,
    );
    await database.query("ANALYZE price_history");
    await database.transaction(async (query) => {
      const read = async (): Promise<bigint> => {
        const [row] = await query<{ n: bigint }>(
          "SELECT seq_tup_read AS n FROM pg_stat_xact_user_tables WHERE relname = 'price_history'",
        );
        return row?.n ?? -1n;
      };
      const books = openPriceHistory({ query, transaction: (run) => run(query) }, BOUNDS);
      const earlier = await read();
      assert.deepEqual(await books.record([entryOf(wallet(), 1n)], START_MS), ["recorded"]);
      assert.equal((await books.newest("busy/1", 10)).length, 10);
      assert.equal((await books.newest("busy/1", 10, wallet())).length, 0);
      assert.equal(await read(), earlier);
    });
  });
});
