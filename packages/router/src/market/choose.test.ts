// Who is asked, and in which order: filters, the weighted draw, and the limits of a plan.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Medium, Offer } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import type { SaidOfOffers, Seller } from "../test-bed/market-bed.ts";
import { marketOf, offersOf, plainNeeds } from "../test-bed/market-bed.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Standing } from "./choose.ts";
import { choose } from "./choose.ts";
import type { Needs } from "./fitness.ts";
import { CONTEXT_DOUBTED_BYTES } from "./limits.ts";
import type { LiveOffer } from "./offer-book.ts";
import { createOfferBook } from "./offer-book.ts";
import type { Plan } from "./plan.ts";

const ALL_FREE: Standing = { freeSlots: () => 1, tier: () => "good", mayProbe: () => false };

/** The plan of one request among sellers of `community/m`. */
function plan(
  sellers: readonly Seller[],
  needs: Needs = plainNeeds(),
  standing: Partial<Standing> = {},
  said: SaidOfOffers = {},
): Plan {
  const market = marketOf(sellers, said);
  return choose(market.views.of(offersOf(market)), needs, { ...ALL_FREE, ...standing });
}

function wallets({ offers }: Plan): string[] {
  return offers.map(({ wallet }) => wallet);
}

function found(made: Plan): [string[], string[]] {
  return [wallets(made).toSorted(), [...made.excluded]];
}

/** How often each wallet comes first over many conversations, as shares of 1. */
function firstShares(sellers: readonly Seller[], draws: number): Record<string, number> {
  const market = marketOf(sellers);
  const view = market.views.of(offersOf(market));
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < draws; draw += 1) {
    const [first = "none"] = wallets(choose(view, plainNeeds(`conversation ${draw}`), ALL_FREE));
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([wallet, count]) => [wallet, count / draws]));
}

function assertShares(shares: Record<string, number>, expected: Record<string, number>): void {
  assert.deepEqual(Object.keys(shares).toSorted(), Object.keys(expected).toSorted());
  for (const [wallet, share] of Object.entries(expected)) {
    const off = Math.abs((shares[wallet] ?? 0) - share);
    assert.ok(off < 0.01, `${wallet}: expected a share of ${share.toFixed(3)}, found ${shares[wallet]?.toFixed(3)}`);
  }
}

describe("the weighted draw", () => {
  test("gives shares by the inverse square of the price", () => {
    const total = 1 + 1 / 4 + 1 / 9;
    assertShares(
      firstShares(
        [
          ["one", "1"],
          ["two", "2"],
          ["three", "3"],
        ],
        30_000,
      ),
      {
        one: 1 / total,
        two: 1 / 4 / total,
        three: 1 / 9 / total,
      },
    );
  });

  test("has a floor under the price, so that a free offer shares with a nearly free one", () => {
    const total = 1 + 1 + 1 / 4;
    const sellers: Seller[] = [
      ["free", "0"],
      ["nearly", "0.001"],
      ["twice", "0.002"],
    ];
    assertShares(firstShares(sellers, 30_000), { free: 1 / total, nearly: 1 / total, twice: 1 / 4 / total });
  });

  test("draws the second among those that are left, by the same weights", () => {
    const market = marketOf([
      ["one", "1"],
      ["two", "2"],
      ["three", "3"],
    ]);
    const view = market.views.of(offersOf(market));
    const seconds: string[] = [];
    for (let draw = 0; draw < 20_000; draw += 1) {
      const [first, second = ""] = wallets(choose(view, plainNeeds(`${draw}`), ALL_FREE));
      if (first === "one") seconds.push(second);
    }
    const share = 1 / 4 / (1 / 4 + 1 / 9);
    const drawn = seconds.filter((wallet) => wallet === "two").length / seconds.length;
    assert.ok(Math.abs(drawn - share) < 0.015, `${drawn} for ${share}`);
  });

  test("is the same for one conversation, on every instance, and whoever else comes or goes", () => {
    const sellers: Seller[] = ["a", "b", "c", "d", "e"].map((wallet) => [wallet, "1"]);
    for (let draw = 0; draw < 200; draw += 1) {
      const needs = plainNeeds(`conversation ${draw}`, { places: 5 });
      const order = wallets(plan(sellers, needs));
      assert.deepEqual(wallets(plan(sellers.toReversed(), needs)), order);
      const gone = order[draw % 5];
      const rest = sellers.filter(([wallet]) => wallet !== gone);
      assert.deepEqual(
        wallets(plan(rest, needs)),
        order.filter((wallet) => wallet !== gone),
      );
    }
  });
});

describe("a plan", () => {
  test("holds at most as many providers as it has places, each once", () => {
    const sellers = ["a", "b", "c", "d", "e"].map((wallet): Seller => [wallet, "1"]);
    for (const places of [1, 2, 3]) {
      const made = plan(sellers, plainNeeds("", { places }));
      assert.deepEqual([new Set(wallets(made)).size, made.offers.length], [places, places]);
    }
  });

  test("holds one offer of a wallet that sells a slug twice, under two authors", () => {
    const book = createOfferBook();
    book.replace({ id: "1", wallet: "a" }, [plainOffer("m", { provider_name: "x" })], 0);
    book.replace({ id: "2", wallet: "a" }, [plainOffer("m", { provider_name: "y" })], 0);
    const { views } = marketOf([]);
    assert.deepEqual(wallets(choose(views.of(book.find({ kind: "slug", slug: "m" })), plainNeeds(), ALL_FREE)), ["a"]);
  });

  test("takes the cheapest of a wallet's links that sell the same, and a dearer one only while that is full", () => {
    const sellers: Seller[] = [
      ["a", "1.1"],
      ["a", "1"],
      ["a", "1.2"],
    ];
    const linkIds = (free: Record<string, number>): string[] => {
      const standing = { freeSlots: ({ linkId }: LiveOffer) => free[linkId] ?? 0 };
      return plan(sellers, plainNeeds(), standing).offers.map(({ linkId }) => linkId);
    };
    assert.deepEqual(linkIds({ "link-0": 9, "link-1": 1, "link-2": 9 }), ["link-1"]);
    assert.deepEqual(linkIds({ "link-0": 9, "link-1": 0, "link-2": 9 }), ["link-0"]);
  });

  test("takes the link with most room of those that sell on equal terms", () => {
    const free: Record<string, number> = { "link-0": 2, "link-1": 5, "link-2": 4 };
    const sellers: Seller[] = [1, 2, 3].map(() => ["a", "1"]);
    const made = plan(sellers, plainNeeds(), { freeSlots: ({ linkId }) => free[linkId] ?? 0 });
    assert.deepEqual(
      made.offers.map(({ linkId }) => linkId),
      ["link-1"],
    );
  });

  test("never holds the payer's own offers, and says so when there are no others", () => {
    assert.deepEqual(
      found(
        plan([
          ["payer", "0"],
          ["other", "9"],
        ]),
      ),
      [["other"], ["self_dealing"]],
    );
    assert.deepEqual(found(plan([["payer", "0"]])), [[], ["self_dealing"]]);
  });

  test("leaves out who does not take an input kind", () => {
    const sellers: Seller[] = [
      ["blind", "1"],
      ["sees", "9", { input_modalities: ["text", "image"] }],
    ];
    const image = plainNeeds("", { inputModalities: new Set(["image"]) });
    assert.deepEqual(found(plan(sellers, image)), [["sees"], ["modality"]]);
    const both = plainNeeds("", { inputModalities: new Set(["image", "audio"]) });
    assert.deepEqual(found(plan(sellers, both)), [[], ["modality"]]);
  });

  test("leaves out who was found not to take it, whatever it says", () => {
    const sellers: Seller[] = [
      ["blind", "1", { input_modalities: ["text", "image"] }],
      ["sees", "9", { input_modalities: ["text", "image"] }],
    ];
    const said = { findings: { "blind/m": { withdrawn: new Set(["image"]) } } };
    const image = plainNeeds("", { inputModalities: new Set(["image"]) });
    assert.deepEqual(found(plan(sellers, image, {}, said)), [["sees"], ["modality"]]);
    assert.deepEqual(found(plan(sellers, plainNeeds(), {}, said)), [["blind", "sees"], []]);
  });

  test("leaves out who was found not to stream, of streams alone", () => {
    const sellers: Seller[] = [
      ["whole", "1"],
      ["streams", "9"],
    ];
    const said = { findings: { "whole/m": { withdrawn: new Set(["stream"]) } } };
    assert.deepEqual(found(plan(sellers, plainNeeds("", { isStream: true }), {}, said)), [["streams"], ["stream"]]);
    assert.deepEqual(found(plan(sellers, plainNeeds(), {}, said)), [["streams", "whole"], []]);
  });

  test("asks who was found to read less than it says last, for long prompts", () => {
    const sellers: Seller[] = [
      ["short", "1"],
      ["long", "100"],
    ];
    const said = { findings: { "short/m": { withdrawn: new Set(["context"]) } } };
    const order = (textBytes: number): string[] => wallets(plan(sellers, plainNeeds("", { textBytes }), {}, said));
    assert.deepEqual(order(CONTEXT_DOUBTED_BYTES), ["short", "long"]);
    assert.deepEqual(order(CONTEXT_DOUBTED_BYTES + 1), ["long", "short"]);
  });

  test("leaves out who does not say what a recording, a video or a file may cost, not who says it", () => {
    for (const medium of ["audio", "video", "file"] as const) {
      const takes = { input_modalities: ["text", medium] } satisfies Partial<Offer>;
      const sellers: Seller[] = [
        ["silent", "1", takes],
        ["says", "9", { ...takes, [`max_tokens_per_${medium}`]: 9_000 }],
      ];
      const made = plan(sellers, plainNeeds("", { inputModalities: new Set([medium]) }));
      assert.deepEqual(found(made), [["says"], ["modality"]]);
    }
  });

  test("leaves out whose context is shorter than the output asked for, not who has just enough", () => {
    const sellers: Seller[] = [
      ["short", "1", { context_length: 99 }],
      ["fits", "9", { context_length: 100 }],
      ["silent", "9"],
    ];
    const made = plan(sellers, plainNeeds("", { maxTokens: 100 }));
    assert.deepEqual(found(made), [["fits", "silent"], ["context_length"]]);
    assert.equal(plan(sellers).offers.length, 3);
  });

  test("leaves out who has no endpoint for it, no free slot, or none of the models that the key may use", () => {
    assert.deepEqual(found(plan([["a", "1"]], plainNeeds("", { endpoint: "/embeddings" }))), [[], ["endpoint"]]);
    const sellers: Seller[] = [
      ["full", "1"],
      ["free", "9"],
    ];
    const standing = { freeSlots: ({ wallet }: LiveOffer) => (wallet === "full" ? 0 : 1) };
    assert.deepEqual(found(plan(sellers, plainNeeds(), standing)), [["free"], ["no_free_slot"]]);
    const other = plainNeeds("", { allowedModels: new Set(["community/other"]) });
    assert.deepEqual(found(plan(sellers, other)), [[], ["model_not_allowed"]]);
    const own = plainNeeds("", { allowedModels: new Set(["community/m"]) });
    assert.equal(plan(sellers, own).offers.length, 2);
  });

  test("holds only offers that fit, and the good ones first, whatever the market looks like", () => {
    const seller = fc.record({
      wallet: fc.constantFrom("payer", "a", "b", "c", "d"),
      prompt: fc.constantFrom("0", "0.000001", "1", "999999.999999"),
      free: fc.nat(2),
      sees: fc.boolean(),
    });
    const tiers = fc.record({
      "a/m": fc.constantFrom("good", "degraded"),
      "b/m": fc.constantFrom("good", "outage"),
      "c/m": fc.constantFrom("good", "resting"),
    } as const);
    const arbitrary = [fc.array(seller, { maxLength: 12 }), fc.boolean(), fc.string(), tiers] as const;
    fc.assert(
      fc.property(...arbitrary, (sellers, needsImage, prefix, known) => {
        const of = ({ linkId }: LiveOffer): (typeof sellers)[number] => sellers[Number(linkId.slice(5))]!;
        const standing: Standing = {
          freeSlots: (offer) => of(offer).free,
          tier: ({ id }) => (known as SaidOfOffers["tiers"])?.[id] ?? "good",
          mayProbe: () => false,
        };
        const market = marketOf(
          sellers.map(({ wallet, prompt, sees }) => [
            wallet,
            prompt,
            { input_modalities: sees ? ["text", "image"] : ["text"] },
          ]),
          { tiers: known },
        );
        const needs = plainNeeds(prefix, { inputModalities: new Set<Medium>(needsImage ? ["image"] : []) });
        const made = choose(market.views.of(offersOf(market)), needs, standing);
        const fits = (offer: LiveOffer): boolean =>
          offer.wallet !== "payer" && of(offer).free > 0 && (!needsImage || of(offer).sees);
        for (const offer of made.offers) assert.ok(fits(offer));
        assert.equal(new Set(wallets(made)).size, made.offers.length);
        const fitting = new Set(
          offersOf(market)
            .filter(fits)
            .map(({ wallet }) => wallet),
        );
        assert.equal(made.offers.length, Math.min(3, fitting.size));
        const places = made.offers.map((offer) =>
          ["good", "degraded", "resting", "outage"].indexOf(standing.tier(offer)),
        );
        const classes = places.map((place) => Math.min(place, 2));
        assert.deepEqual(
          classes,
          classes.toSorted((one, other) => one - other),
        );
      }),
    );
  });
});
