// What sellers may try to take traffic from others without serving anybody: each of them moves nothing.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Seller } from "../test-bed/market-bed.ts";
import { bookOf, marketOf, offersOf, plainNeeds, saidHealth, saidTruth } from "../test-bed/market-bed.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Standing } from "./choose.ts";
import { choose } from "./choose.ts";
import type { Needs } from "./fitness.ts";
import type { Measured } from "./health/offer-health.ts";
import { YOUNG_MS } from "./limits.ts";
import { createMarket } from "./market.ts";
import type { RankedOffer } from "./model-view.ts";
import { NO_PREFERENCES } from "./preferences.ts";

const NOW_MS = 1_000_000_000_000;
const ALL_FREE: Standing = { freeSlots: () => 1, tier: () => "good", mayProbe: () => false };
const NETWORK = "203.0.113";

function many(count: number, seller: (index: number) => Seller): Seller[] {
  return Array.from({ length: count }, (_, index) => seller(index));
}

function ranked(
  sellers: readonly Seller[],
  measured: (wallet: string) => Partial<Measured> = () => ({}),
): readonly RankedOffer[] {
  const said = Object.fromEntries(sellers.map(([wallet]) => [`${wallet}/m`, measured(wallet)]));
  const market = marketOf(sellers, { measured: said }, manualClock(NOW_MS));
  return market.views.of(offersOf(market)).ranked;
}

function of(found: readonly RankedOffer[], name: string): RankedOffer {
  const one = found.find(({ offer }) => offer.wallet === name);
  assert.ok(one !== undefined);
  return one;
}

/** Who is asked first for each of many conversations. */
function firsts(sellers: readonly Seller[], needs: Partial<Needs>): Record<string, number> {
  const market = marketOf(sellers);
  const view = market.views.of(offersOf(market));
  const counts: Record<string, number> = {};
  for (let number = 0; number < 300; number += 1) {
    const [first] = choose(view, plainNeeds(`conversation ${number}`, needs), ALL_FREE).offers;
    counts[first?.wallet ?? "nobody"] = (counts[first?.wallet ?? "nobody"] ?? 0) + 1;
  }
  return counts;
}

describe("who sells a model gains nothing by", () => {
  const isYoung = { firstSuccessMs: NOW_MS - YOUNG_MS + 1 };
  const sybils = (network: boolean): Seller[] =>
    many(100, (index) => [`sybil-${index}`, "1", network ? { network: NETWORK } : { network: `198.51.${index}` }]);

  for (const [words, age] of [
    ["that are new", { isNew: true, firstSuccessMs: undefined }],
    ["that are young", isYoung],
  ] as const) {
    test(`many quick offers ${words}, beside which the proven would pass for slow`, () => {
      const found = ranked([["honest-1", "1"], ["honest-2", "1"], ...sybils(false)], (wallet) =>
        wallet.startsWith("honest") ? { recentFirstOutputMs: 600 } : { ...age, recentFirstOutputMs: 20 },
      );
      assert.equal(of(found, "honest-1").standing, "good");
      assert.ok(of(found, "honest-1").share > 0.45, `${of(found, "honest-1").share}`);
    });
  }

  test("many quick wallets of one network, beside which the others would pass for slow", () => {
    const found = ranked([["honest-1", "1"], ["honest-2", "1"], ...sybils(true)], (wallet) => ({
      recentFirstOutputMs: wallet.startsWith("honest") ? 600 : 20,
    }));
    assert.equal(of(found, "honest-1").standing, "good");
  });

  for (const [words, more, measured] of [
    ["that have served nobody", {}, { isNew: true, firstSuccessMs: undefined }],
    ["that came a moment ago", {}, isYoung],
  ] as const) {
    test(`wallets ${words} in a rival's network: they take none of its weight`, () => {
      const sellers: Seller[] = [
        ["other", "1"],
        ["rival", "1", { network: NETWORK }],
        ...many(50, (index): Seller => [`s-${index}`, "1", { network: NETWORK, ...more }]),
      ];
      const found = ranked(sellers, (wallet) => (wallet.startsWith("s-") ? measured : {}));
      assert.ok(of(found, "rival").share > 0.45, `${of(found, "rival").share}`);
      assert.equal(of(found, "rival").share, of(found, "other").share);
    });
  }

  test("wallets in a rival's network that fail, or count tokens wrongly", () => {
    const sellers: Seller[] = [
      ["rival", "1", { network: NETWORK }],
      ["other", "1"],
      ["fails", "1", { network: NETWORK }],
      ["lies", "1", { network: NETWORK }],
    ];
    const said = { tiers: { "fails/m": "outage" }, findings: { "lies/m": { verdict: "unverified" } } } as const;
    const market = marketOf(sellers, said, manualClock(NOW_MS));
    assert.equal(of(market.views.of(offersOf(market)).ranked, "rival").share, 0.5);
  });

  test("a high price for cached tokens, all of which its prompts are then said to be", () => {
    const preferences = { ...NO_PREFERENCES, maxPrice: { prompt: 1_000_000n as MicroUsdc } };
    const cached = { pricing: { prompt: "1", completion: "0", input_cache_read: "1000" } };
    assert.deepEqual(firsts([["a", "1", cached]], { preferences }), { nobody: 300 });
  });

  test("a high fee for images where the cheapest is asked for", () => {
    const preferences = { ...NO_PREFERENCES, sort: "price" } as const;
    const image = { input_modalities: ["text", "image"] as ("text" | "image")[] };
    const sellers: Seller[] = [
      ["fee", "1", { ...image, pricing: { prompt: "1", completion: "0", image: "5" } }],
      ["plain", "2", image],
    ];
    assert.deepEqual(firsts(sellers, { preferences }), { fee: 300 });
    assert.deepEqual(firsts(sellers, { preferences, inputModalities: new Set(["image"] as const) }), { plain: 300 });
  });

  test("coming first: of equally cheap offers none gets all of what is sorted by price", () => {
    const counts = firsts(
      many(3, (index) => [`s-${index}`, "1"]),
      { preferences: { ...NO_PREFERENCES, sort: "price" } },
    );
    assert.equal(Object.keys(counts).length, 3);
    for (const count of Object.values(counts)) assert.ok(count > 60, JSON.stringify(counts));
  });

  test("a name that passes for a rival's: looking at names costs a look at each offer, not at each for each", () => {
    const sellers = 200;
    const book = bookOf(many(sellers, (index) => [`s-${index}`, "1"]));
    for (const author of ["c0mmunity", "communi-ty", "commun1ty"]) {
      book.replace({ id: author, wallet: author }, [plainOffer("m", { provider_name: author })], 0);
    }
    let looks = 0;
    const said = saidHealth({});
    const measured = (id: string): Measured => {
      looks += 1;
      return said.measured(id);
    };
    const health = { ...said, measured };
    const market = createMarket(manualClock(NOW_MS), { book, health, truth: saidTruth({}) });
    market.views.of(book.find({ kind: "slug", slug: "m" }));
    assert.ok(looks <= 3 * sellers, `${looks} looks`);
  });
});
