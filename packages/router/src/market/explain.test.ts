// The explanation of a choice: every offer once, with what kept it out or what placed it where it stands.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { SaidOfOffers, Seller } from "../test-bed/market-bed.ts";
import { marketOf, offersOf, plainNeeds } from "../test-bed/market-bed.ts";
import type { Standing } from "./choose.ts";
import { choose } from "./choose.ts";
import { explain } from "./explain.ts";
import type { Needs } from "./fitness.ts";
import { EXPLAINED_MAX } from "./limits.ts";
import type { Explained } from "./plan.ts";
import { NO_PREFERENCES } from "./preferences.ts";

function explained(
  sellers: readonly Seller[],
  { said = {}, free = {}, needs = plainNeeds() }: { said?: SaidOfOffers; free?: Record<string, number>; needs?: Needs },
): readonly Explained[] {
  const market = marketOf(sellers, said);
  const view = market.views.of(offersOf(market));
  const standing: Standing = {
    freeSlots: ({ wallet }) => free[wallet] ?? 1,
    tier: ({ id }) => said.tiers?.[id] ?? "good",
    mayProbe: ({ id }) => said.mayProbe?.(id) ?? false,
  };
  return explain(view, needs, standing, choose(view, needs, standing));
}

function lines(made: readonly Explained[]): string[] {
  return made.map(({ offer, place, excluded, reasons }) =>
    [`${offer.wallet} at ${place ?? "no place"}`, excluded ?? "", reasons.join(" ")].join(": ").replaceAll(": :", ":"),
  );
}

describe("an explanation", () => {
  test("says of every offer why it is out or where it stands", () => {
    const sellers: Seller[] = [
      ["payer", "1"],
      ["full", "1"],
      ["ignored", "1"],
      ["hidden", "1"],
      ["down", "1"],
      ["weak", "1"],
      ["slow", "1"],
      ["good", "1"],
      ["new", "0.1"],
    ];
    const said: SaidOfOffers = {
      tiers: { "down/m": "outage", "weak/m": "degraded" },
      findings: { "hidden/m": { verdict: "unverified" } },
      measured: {
        "good/m": { recentFirstOutputMs: 100 },
        "slow/m": { recentFirstOutputMs: 1_000 },
        "new/m": { isNew: true },
      },
    };
    const preferences = { ...NO_PREFERENCES, ignore: [{ wallet: "ignored", slug: undefined }] };
    const needs = plainNeeds("one", { preferences, parameters: new Set(["tools"]), places: 3 });
    const made = lines(explained(sellers, { said, free: { full: 0 }, needs }));
    const after = (wallet: string): string => made.find((line) => line.startsWith(`${wallet} `)) ?? "";
    assert.equal(made.length, sellers.length);
    assert.equal(after("payer"), "payer at no place: self_dealing: ");
    assert.equal(after("full"), "full at no place: no_free_slot: ");
    assert.equal(after("ignored"), "ignored at no place: ignored: ");
    assert.equal(after("hidden"), "hidden at no place: unverified: ");
    assert.equal(after("down"), "down at no place: weighted_by_price outage lacks_parameters ranks_lower");
    assert.match(after("weak"), /degraded lacks_parameters/);
    assert.match(after("slow"), /slow lacks_parameters/);
    assert.match(after("new"), /at [01]: weighted_by_price newcomer lacks_parameters/);
    assert.match(after("good"), /at [01]: weighted_by_price lacks_parameters/);
    assert.deepEqual(
      made.slice(0, 3).map((line) => /at (.)/.exec(line)?.[1]),
      ["0", "1", "2"],
      "the plan comes first",
    );
    assert.ok(
      made.slice(5).every((line) => / no place: [a-z]/.test(line)),
      "what is out comes last",
    );
  });

  test("names a sort, an order, a try, and a provider's dearer terms", () => {
    const sellers: Seller[] = [
      ["a", "1"],
      ["a", "2"],
      ["b", "3"],
    ];
    const sorted = plainNeeds("", { preferences: { ...NO_PREFERENCES, sort: "price" } });
    assert.deepEqual(lines(explained(sellers, { needs: sorted })), [
      "a at 0: sorted_by_price",
      "b at 1: sorted_by_price",
      "a at no place: sorted_by_price same_provider_ranks_higher",
    ]);
    const order = [{ wallet: "b", slug: undefined }];
    const ordered = plainNeeds("", { preferences: { ...NO_PREFERENCES, order } });
    assert.equal(lines(explained(sellers, { needs: ordered }))[0], "b at 0: named_in_order weighted_by_price");
    const said: SaidOfOffers = { tiers: { "a/m": "degraded" }, mayProbe: () => true };
    assert.equal(lines(explained(sellers.slice(0, 1), { said }))[0], "a at 0: weighted_by_price degraded");
    const found = Array.from(
      { length: 20 },
      (_, index) => lines(explained([["a", "1"], sellers[2]!], { said, needs: plainNeeds(`${index}`) }))[0],
    );
    assert.ok(found.includes("a at 0: weighted_by_price degraded probe"), found.join("\n"));
  });

  test("says what inspection has found out about each", () => {
    const said: SaidOfOffers = { findings: { "a/m": { verdict: "unverified" }, "b/m": { verdict: "new" } } };
    const sellers = ["a", "b", "c"].map((wallet): Seller => [wallet, "1"]);
    const verdicts = Object.fromEntries(explained(sellers, { said }).map((one) => [one.offer.wallet, one.verdict]));
    assert.deepEqual(verdicts, { a: "unverified", b: "new", c: "verified" });
  });

  test("is bounded", () => {
    const sellers = Array.from({ length: EXPLAINED_MAX + 50 }, (_, index): Seller => [`wallet-${index}`, "1"]);
    assert.equal(explained(sellers, {}).length, EXPLAINED_MAX);
  });
});
