// What a client asks of the choice: who may be asked, who is asked first, and who comes last.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import type { SaidOfOffers, Seller } from "../test-bed/market-bed.ts";
import { marketOf, offersOf, plainNeeds } from "../test-bed/market-bed.ts";
import type { Standing } from "./choose.ts";
import { choose } from "./choose.ts";
import type { Needs } from "./fitness.ts";
import type { Percentiles, Tier } from "./health/offer-health.ts";
import type { Plan } from "./plan.ts";
import type { NamedProvider, Preferences } from "./preferences.ts";
import { NO_PREFERENCES } from "./preferences.ts";

const CONVERSATIONS = 40; // enough that an order by chance is not taken for one that was asked

/** The plans of many conversations, so that nothing holds for one by chance. */
function plans(
  sellers: readonly Seller[],
  preferences: Partial<Preferences>,
  said: SaidOfOffers = {},
  more: Partial<Needs> = {},
): Plan[] {
  const market = marketOf(sellers, said);
  const standing: Standing = {
    freeSlots: () => 1,
    tier: ({ id }) => said.tiers?.[id] ?? "good",
    mayProbe: ({ id }) => said.mayProbe?.(id) ?? false,
  };
  const view = market.views.of(offersOf(market));
  return Array.from({ length: CONVERSATIONS }, (_, index) => {
    const needs = plainNeeds(`${index}`, { preferences: { ...NO_PREFERENCES, ...preferences }, ...more });
    return choose(view, needs, standing);
  });
}

function orders(...args: Parameters<typeof plans>): string[] {
  return [...new Set(plans(...args).map(({ offers }) => offers.map(({ wallet }) => wallet).join(" ")))].toSorted();
}

function excluded(...args: Parameters<typeof plans>): string[] {
  return [...new Set(plans(...args).flatMap((plan) => [...plan.excluded]))].toSorted();
}

const named = (wallet: string, slug?: string): NamedProvider => ({ wallet, slug });
const even = (p50: number): Percentiles => ({ p50, p75: p50, p90: p50, p99: p50 });

const ABC: Seller[] = [
  ["a", "1"],
  ["b", "1"],
  ["c", "1"],
];

describe("who may be asked", () => {
  test("are those in `only`, by wallet, or by wallet and slug", () => {
    assert.deepEqual(orders(ABC, { only: [named("b")] }), ["b"]);
    assert.deepEqual(orders(ABC, { only: [named("b", "m"), named("a", "other")] }), ["b"]);
    assert.deepEqual(excluded(ABC, { only: [named("z")] }), ["not_in_only"]);
  });

  test("are none of those to be ignored, also where they are named otherwise", () => {
    assert.deepEqual(orders(ABC, { ignore: [named("a"), named("c")] }), ["b"]);
    assert.deepEqual(orders(ABC, { ignore: [named("b")], only: [named("b")] }), [""]);
    assert.deepEqual(orders(ABC, { ignore: [named("b")], order: [named("b"), named("c"), named("a")] }), ["c a"]);
  });

  test("cost at most the greatest price, each by itself, and exactly that much is not too much", () => {
    const sellers: Seller[] = [
      ["cheap", "0", { pricing: { prompt: "1", completion: "2", request: "0.5", image: "0.25" } }],
      [
        "dear",
        "0",
        { pricing: { prompt: "1.000001", completion: "2.000001", request: "0.500001", image: "0.250001" } },
      ],
      ["plain", "0", { pricing: { prompt: "1", completion: "2" } }],
    ];
    for (const maxPrice of [
      { prompt: microUsdc(1_000_000n) },
      { completion: microUsdc(2_000_000n) },
      { request: microUsdc(500_000n) },
      { image: microUsdc(250_000n) },
    ]) {
      const names = new Set(orders(sellers, { maxPrice }).flatMap((order) => order.split(" ")));
      assert.deepEqual([...names].toSorted(), ["cheap", "plain"]);
      assert.deepEqual(excluded(sellers, { maxPrice }), ["max_price"]);
    }
  });

  test("have one of the quantizations; who does not say has `unknown`", () => {
    const sellers: Seller[] = [
      ["eight", "1", { quantization: "fp8" }],
      ["silent", "1"],
    ];
    assert.deepEqual(orders(sellers, { quantizations: new Set(["fp8"]) }), ["eight"]);
    assert.deepEqual(orders(sellers, { quantizations: new Set(["unknown"]) }), ["silent"]);
    assert.deepEqual(excluded(sellers, { quantizations: new Set(["int4"]) }), ["quantization"]);
  });

  test("say that they keep nothing to learn from, or nothing at all", () => {
    const sellers: Seller[] = [
      ["silent", "1"],
      ["allows", "1", { data_collection: "allow" }],
      ["denies", "1", { data_collection: "deny" }],
      ["keeps-nothing", "1", { zdr: true }],
    ];
    assert.deepEqual(orders(sellers, { dataCollection: "deny" }), ["denies keeps-nothing", "keeps-nothing denies"]);
    assert.deepEqual(excluded(sellers, { dataCollection: "deny" }), ["data_collection"]);
    assert.deepEqual(orders(sellers, { zdr: true }), ["keeps-nothing"]);
    assert.deepEqual(excluded(sellers, { zdr: true }), ["zdr"]);
  });

  test("support every parameter where that is required; else they come after those that do", () => {
    const sellers: Seller[] = [
      ["calls", "100", { capabilities: ["tools"] }],
      ["talks", "1"],
      ["lies", "1", { capabilities: ["tools"] }],
    ];
    const said = { findings: { "lies/m": { withdrawn: new Set(["tools"]) } } };
    const parameters = new Set(["tools", "temperature"]);
    assert.deepEqual(orders(sellers, { requireParameters: true }, said, { parameters }), ["calls"]);
    assert.deepEqual(excluded(sellers, { requireParameters: true }, said, { parameters }), ["require_parameters"]);
    assert.deepEqual(orders(sellers, {}, said, { parameters }), ["calls lies talks", "calls talks lies"]);
  });

  test("are verified or new; an unverified offer, and one whose name imitates, only for who names its provider", () => {
    const said = { findings: { "b/m": { verdict: "unverified" as const } } };
    assert.deepEqual(orders(ABC, {}, said), ["a c", "c a"]);
    assert.deepEqual(excluded(ABC, {}, said), ["unverified"]);
    assert.deepEqual(orders(ABC, { only: [named("b")] }, said), ["b"]);
    assert.ok(orders(ABC, { order: [named("b")] }, said).every((order) => order.startsWith("b ")));
    assert.equal(
      plans(ABC, {}, said, { named: ["a", "b", "c"].map((wallet) => ({ wallet, slug: "m" })) })[0]?.offers.length,
      3,
    );
  });
});

describe("who is asked first", () => {
  test("are those in `order`, in that order, whatever they cost and however they stand; then the others", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["dear", "100"],
      ["poor", "1"],
    ];
    const said: SaidOfOffers = { tiers: { "poor/m": "degraded" } };
    assert.deepEqual(orders(sellers, { order: [named("poor"), named("dear")] }, said), ["poor dear a"]);
    assert.deepEqual(orders(sellers, { order: [named("dear")] }, said), ["dear a poor"]);
  });

  test("are not those in `order` that are in outage, or asked to be left alone", () => {
    for (const tier of ["outage", "resting"] as const) {
      assert.deepEqual(orders(ABC.slice(0, 2), { order: [named("b")] }, { tiers: { "b/m": tier } }), ["a b"]);
    }
  });

  test("are the cheapest, the quickest to begin, or the fastest to write, where that is asked", () => {
    const sellers: Seller[] = [
      ["cheap", "1"],
      ["quick", "10"],
      ["fast", "20"],
    ];
    const measured = {
      "cheap/m": { firstOutputMs: even(300), tokensPerSecond: even(10) },
      "quick/m": { firstOutputMs: even(100), tokensPerSecond: even(20) },
      "fast/m": { firstOutputMs: even(200), tokensPerSecond: even(90) },
    };
    assert.deepEqual(orders(sellers, { sort: "price" }, { measured }), ["cheap quick fast"]);
    assert.deepEqual(orders(sellers, { sort: "latency" }, { measured }), ["quick fast cheap"]);
    assert.deepEqual(orders(sellers, { sort: "throughput" }, { measured }), ["fast quick cheap"]);
  });

  test("an offer that nobody has measured stands at the median, not at either end", () => {
    const sellers: Seller[] = [
      ["slower", "1"],
      ["unknown", "1"],
      ["quicker", "1"],
    ];
    const measured = {
      "slower/m": { firstOutputMs: even(350) },
      "quicker/m": { firstOutputMs: even(200) },
    };
    assert.deepEqual(orders(sellers, { sort: "latency" }, { measured })[0]?.endsWith("slower"), true);
  });

  test("prices below the floor of the draw are told apart by a sort", () => {
    const sellers: Seller[] = [
      ["cheap", "0.0001"],
      ["free", "0"],
    ];
    assert.deepEqual(orders(sellers, { sort: "price" }), ["free cheap"]);
  });
});

describe("who comes last", () => {
  test("is slower than preferred, at any percentile, but still asked", () => {
    const measured = {
      "a/m": { firstOutputMs: { ...even(100), p99: 5_000 } },
      "b/m": { firstOutputMs: even(250) },
    };
    const sellers = ABC.slice(0, 2);
    assert.deepEqual(orders(sellers, { maxLatencyMs: { p50: 200 } }, { measured }), ["a b"]);
    assert.deepEqual(orders(sellers, { maxLatencyMs: { p99: 2_000 } }, { measured }), ["b a"]);
    assert.deepEqual(orders(sellers, { maxLatencyMs: { p50: 100 } }, { measured }), ["a b"], "100 is not over 100");
  });

  test("writes less than preferred", () => {
    const measured = { "a/m": { tokensPerSecond: even(10) }, "b/m": { tokensPerSecond: even(50) } };
    assert.deepEqual(orders(ABC.slice(0, 2), { minThroughput: { p50: 50 } }, { measured }), ["b a"]);
    assert.deepEqual(orders(ABC.slice(0, 2), { minThroughput: { p50: 10 } }, { measured }).length, 2);
  });

  test("is slow beside the others, fails too often, rests, or is in outage: in that order of badness", () => {
    const measured = {
      "a/m": { recentFirstOutputMs: 100 },
      "b/m": { recentFirstOutputMs: 100 },
      "c/m": { recentFirstOutputMs: 1_000 },
    };
    assert.deepEqual(orders(ABC, {}, { measured }), ["a b c", "b a c"]);
    const tiers: Record<string, Tier> = { "a/m": "outage", "b/m": "degraded" };
    assert.deepEqual(orders(ABC, {}, { tiers }), ["c b a"]);
    assert.deepEqual(orders(ABC, {}, { tiers: { "a/m": "resting", "b/m": "degraded" } }), ["c b a"]);
  });

  test("everybody may be: where all are in outage they are asked all the same", () => {
    const tiers: Record<string, Tier> = { "a/m": "outage", "b/m": "outage", "c/m": "outage" };
    assert.ok(orders(ABC, {}, { tiers }).every((order) => order.split(" ").length === 3));
  });

  test("an offer that is not good comes first where a try is allowed and its turn has come", () => {
    const tiers: Record<string, Tier> = { "c/m": "degraded" };
    const made = plans(ABC, {}, { tiers, mayProbe: (id) => id === "c/m" });
    const probing = made.filter((plan) => plan.probing !== undefined);
    assert.ok(probing.length > 0 && probing.length < CONVERSATIONS, "only where its bell rings first");
    for (const { offers, probing: probed } of probing) assert.deepEqual([offers[0], offers.length], [probed, 3]);
    assert.ok(plans(ABC, {}, { tiers }).every(({ probing: probed }) => probed === undefined));
    const asked = plans(ABC, { sort: "price" }, { tiers, mayProbe: () => true });
    assert.ok(
      asked.every(({ probing: probed }) => probed === undefined),
      "a sort is not tried with",
    );
  });
});
