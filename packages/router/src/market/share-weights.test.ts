// Which part of a model's traffic each offer gets: newcomers, the young, one seller's many wallets.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { SaidOfOffers, Seller } from "../test-bed/market-bed.ts";
import { marketOf, offersOf } from "../test-bed/market-bed.ts";
import { YOUNG_MS } from "./limits.ts";

const NOW_MS = 1_000_000_000_000;

/** The shares of a market's wallets, rounded to a thousandth, and what they are due to. */
function shares(sellers: readonly Seller[], said: SaidOfOffers = {}): Record<string, readonly [number, string]> {
  const clock = manualClock(NOW_MS);
  const market = marketOf(sellers, said, clock);
  return Object.fromEntries(
    market.views
      .of(offersOf(market))
      .ranked.map(({ offer, share, reasons }) => [
        offer.wallet,
        [Math.round(share * 1_000) / 1_000, reasons.join(" ")] as const,
      ]),
  );
}

const isNew = { isNew: true, firstSuccessMs: undefined };
const isYoung = { firstSuccessMs: NOW_MS - YOUNG_MS + 1 };
const isProven = { firstSuccessMs: NOW_MS - YOUNG_MS };

describe("a share", () => {
  test("follows the price alone among the proven", () => {
    const found = shares([
      ["a", "1"],
      ["b", "2"],
    ]);
    assert.deepEqual(found, { a: [0.8, ""], b: [0.2, ""] });
  });

  test("of all newcomers together is bounded, and by price among them", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["new-1", "1"],
      ["new-2", "2"],
    ];
    const found = shares(sellers, { measured: { "new-1/m": isNew, "new-2/m": isNew } });
    assert.deepEqual(found, { a: [0.95, ""], "new-1": [0.04, "newcomer"], "new-2": [0.01, "newcomer"] });
  });

  test("of a newcomer that is dear stays as small as its price makes it", () => {
    const found = shares(
      [
        ["a", "1"],
        ["new", "10"],
      ],
      { measured: { "new/m": isNew } },
    );
    assert.deepEqual(found["new"], [0.01, ""]);
  });

  test("is not bounded where everybody is new", () => {
    const found = shares(
      [
        ["a", "1"],
        ["b", "1"],
      ],
      { measured: { "a/m": isNew, "b/m": isNew } },
    );
    assert.deepEqual(found, { a: [0.5, ""], b: [0.5, ""] });
  });

  test("of the young is bounded for a day, and not a millisecond longer", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["b", "0.1"],
    ];
    assert.deepEqual(shares(sellers, { measured: { "b/m": isYoung } })["b"], [0.09, "young"]);
    assert.ok((shares(sellers, { measured: { "b/m": isProven } })["b"]?.[0] ?? 0) > 0.9);
  });

  test("of the young and the newcomers together is bounded too", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["young", "1"],
      ["new", "1"],
    ];
    const found = shares(sellers, { measured: { "young/m": isYoung, "new/m": isNew } });
    assert.equal(Math.round(1_000 * ((found["young"]?.[0] ?? 0) + (found["new"]?.[0] ?? 0))), 90);
    assert.match(found["new"]?.[1] ?? "", /newcomer young/);
  });

  test("of wallets that come from one network is that of the cheapest of them alone", () => {
    const network = "203.0.113";
    const found = shares([
      ["a", "1"],
      ["s1", "1", { network }],
      ["s2", "1", { network }],
      ["s3", "2", { network }],
    ]);
    const together = ["s1", "s2", "s3"].reduce((sum, wallet) => sum + (found[wallet]?.[0] ?? 0), 0);
    assert.ok(Math.abs(together - 0.5) < 0.002, `${together}`);
    assert.equal(found["s1"]?.[1], "shares_weight_with_network");
    assert.deepEqual(found["a"], [0.5, ""]);
  });

  test("is no less for a wallet with several links and terms, and not more either", () => {
    const network = "203.0.113";
    const found = shares([
      ["a", "1"],
      ["s", "1", { network }],
      ["s", "2", { network }],
    ]);
    assert.deepEqual(found["a"], [0.5, ""]);
  });

  test("is nothing for who does not stand well, while somebody does", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["b", "1"],
    ];
    assert.deepEqual(shares(sellers, { tiers: { "b/m": "degraded" } }), { a: [1, ""], b: [0, ""] });
    assert.deepEqual(shares(sellers, { tiers: { "a/m": "outage", "b/m": "outage" } }), { a: [0.5, ""], b: [0.5, ""] });
    assert.deepEqual(shares(sellers, { findings: { "b/m": { verdict: "unverified" } } })["b"], [0, ""]);
  });
});
