// Prices are written down when they change, off the path of requests, and nothing is lost while the database is away.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { formatPricing } from "@aimo-network/protocol/price";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { createLog } from "../log.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { PRICE_EVERY_MS, PRICES_WAITING_MAX, PRICES_WRITE_REST_MS, PRICES_WRITTEN_AT_ONCE_MAX } from "./limits.ts";
import type { PriceEntry, PriceOutcome, PriceStore } from "./price-history.ts";
import { createPriceHistory } from "./price-history.ts";

const WALLET = "9".repeat(44);

function priced(prompt: string, name = "m"): Offer {
  return plainOffer(name, { provider_name: "Acme", pricing: { prompt, completion: "1" } });
}

/** A history over a store that says what it is told to say. */
function setUp(answer: (entry: PriceEntry) => PriceOutcome | Error = () => "recorded") {
  const clock = manualClock();
  const written: string[] = [];
  const batches: number[] = [];
  const lines: string[] = [];
  const store: PriceStore = {
    async record(entries) {
      await setImmediate();
      batches.push(entries.length);
      return entries.map((entry) => {
        const outcome = answer(entry);
        if (typeof outcome !== "string") throw outcome;
        if (outcome === "recorded") written.push(`${entry.modelId} ${formatPricing(entry.price).prompt}`);
        return outcome;
      });
    },
    newest: () => Promise.resolve([]),
  };
  const log = createLog("debug", { write: (line) => void lines.push(line) });
  const history = createPriceHistory({ clock, log, store });
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (let turn = 0; turn < 5; turn += 1) await setImmediate();
  };
  return { clock, history, written, batches, lines, pass };
}

describe("the history of prices", () => {
  test("has a price once, however often and over however many links it is announced", async () => {
    const { clock, history, written, batches, pass } = setUp();
    history.noticed(WALLET, [priced("1"), priced("2", "Other")]);
    history.noticed(WALLET, [priced("1"), priced("2", "other")]);
    assert.deepEqual(written, [], "nothing is written while somebody waits for it");
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(written, ["acme/m 1", "acme/other 2"]);
    history.noticed(WALLET, [priced("1.000000")]);
    assert.equal(clock.waiting, 0, "nothing runs while nothing waits");
    await pass(PRICE_EVERY_MS * 2);
    assert.deepEqual(batches, [2]);
  });

  test("has at most one entry of an offer a minute, which is its latest price", async () => {
    const { history, written, pass } = setUp();
    history.noticed(WALLET, [priced("1")]);
    await pass(PRICES_WRITE_REST_MS);
    history.noticed(WALLET, [priced("2")]);
    await pass(PRICES_WRITE_REST_MS);
    history.noticed(WALLET, [priced("3")]);
    await pass(PRICE_EVERY_MS - PRICES_WRITE_REST_MS * 2);
    assert.deepEqual(written, ["acme/m 1"]);
    await pass(PRICES_WRITE_REST_MS);
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(written, ["acme/m 1", "acme/m 3"]);
  });

  test("asks the store what was there before, and again where it was too soon", async () => {
    let outcome: PriceOutcome = "too_soon";
    const { history, batches, written, pass } = setUp(() => outcome);
    history.noticed(WALLET, [priced("1")]);
    await pass(PRICES_WRITE_REST_MS);
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual([batches, written], [[1, 1], []]);
    outcome = "known";
    await pass(PRICES_WRITE_REST_MS);
    outcome = "recorded";
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual([batches, written], [[1, 1, 1], []], "what is known already is settled");
    history.noticed(WALLET, [priced("2")]);
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(written, ["acme/m 2"]);
  });

  test("knows a price that went back while the other was being written", async () => {
    const { clock, history, written, pass } = setUp();
    history.noticed(WALLET, [priced("1")]);
    await pass(PRICES_WRITE_REST_MS);
    clock.advance(PRICE_EVERY_MS);
    history.noticed(WALLET, [priced("2")]);
    clock.advance(PRICES_WRITE_REST_MS); // the write has begun
    history.noticed(WALLET, [priced("1")]);
    await pass(PRICE_EVERY_MS);
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(written, ["acme/m 1", "acme/m 2", "acme/m 1"]);
  });

  test("loses nothing while the database is away, and says when it is something else", async () => {
    let fault: Error | undefined = new AimoError("ledger_unavailable", {});
    const { history, written, lines, pass } = setUp(() => fault ?? "recorded");
    history.noticed(WALLET, [priced("1")]);
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual([written, lines.filter((line) => line.includes('"level":50'))], [[], []]);
    fault = new Error("a bug");
    await pass(PRICES_WRITE_REST_MS);
    assert.equal(lines.filter((line) => line.includes('"level":50')).length, 1);
    history.noticed(WALLET, [priced("2")]);
    fault = undefined;
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(written, ["acme/m 2"]);
  });

  test("writes so many at once, and takes in no more than it can hold", async () => {
    const { history, batches, lines, pass } = setUp();
    const perLink = 10_000;
    for (let link = 0; link * perLink <= PRICES_WAITING_MAX; link += 1) {
      const offers = Array.from({ length: perLink }, (_, index) => priced("1", `m${index}`));
      history.noticed(`${WALLET}${link}`, offers);
    }
    assert.equal(lines.filter((line) => line.includes("too many prices wait")).length, 1, "said once");
    await pass(PRICES_WRITE_REST_MS);
    assert.deepEqual(batches, [PRICES_WRITTEN_AT_ONCE_MAX]);
    for (let turn = 0; turn < PRICES_WAITING_MAX / PRICES_WRITTEN_AT_ONCE_MAX; turn += 1)
      await pass(PRICES_WRITE_REST_MS);
    assert.equal(
      batches.reduce((sum, size) => sum + size, 0),
      PRICES_WAITING_MAX,
    );
  });

  test("is written to its end when it closes", async () => {
    const { clock, history, written } = setUp();
    history.noticed(WALLET, [priced("1")]);
    await history.close();
    assert.deepEqual(written, ["acme/m 1"]);
    history.noticed(WALLET, [priced("2")]);
    assert.equal(clock.waiting, 0);
  });
});
