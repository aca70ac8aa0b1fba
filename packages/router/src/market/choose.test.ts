// Who is asked, and in which order: filters, the weighted draw, and the limits of a plan.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Random } from "@aimo-network/protocol/random";
import { seededRandom } from "@aimo-network/protocol/random";
import type { Medium, Offer } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Needs, Standing } from "./choose.ts";
import { choose } from "./choose.ts";
import type { LiveOffer } from "./offer-book.ts";
import { createOfferBook } from "./offer-book.ts";

const NEEDS: Needs = {
  endpoint: "/chat/completions",
  inputModalities: new Set(),
  maxTokens: undefined,
  payerWallet: "payer",
};
const ALL_FREE: Standing = { freeSlots: () => 1, isHealthy: () => true };

/** One offer of each wallet, `[wallet, prompt price, more]`, as the book makes them. */
function market(
  ...sellers: readonly (readonly [wallet: string, prompt: string, more?: Partial<Offer>])[]
): LiveOffer[] {
  const book = createOfferBook();
  for (const [index, [wallet, prompt, more]] of sellers.entries()) {
    const offer = plainOffer("m", { pricing: { prompt, completion: "0" }, ...more });
    book.replace({ id: `link-${index}`, wallet }, [offer], 0);
  }
  return [...(book.models().get("community/m") ?? [])];
}

function wallets(plan: { offers: readonly LiveOffer[] }): string[] {
  return plan.offers.map(({ wallet }) => wallet);
}

function reasons(plan: { excluded: ReadonlyMap<LiveOffer, string> }): Record<string, string> {
  return Object.fromEntries([...plan.excluded].map(([{ wallet }, reason]) => [wallet, reason]));
}

/** How often each wallet comes first in many plans, as shares of 1. */
function firstShares(offers: readonly LiveOffer[], draws: number): Record<string, number> {
  const random = seededRandom(7);
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < draws; draw += 1) {
    const first = wallets(choose(offers, NEEDS, ALL_FREE, random))[0] ?? "none";
    counts[first] = (counts[first] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).map(([wallet, count]) => [wallet, count / draws]));
}

function assertShares(found: Record<string, number>, expected: Record<string, number>): void {
  assert.deepEqual(Object.keys(found).toSorted(), Object.keys(expected).toSorted());
  for (const [wallet, share] of Object.entries(expected)) {
    const off = Math.abs((found[wallet] ?? 0) - share);
    assert.ok(off < 0.01, `${wallet}: expected a share of ${share.toFixed(3)}, found ${found[wallet]?.toFixed(3)}`);
  }
}

describe("the weighted draw", () => {
  test("gives shares by the inverse square of the price", () => {
    const offers = market(["one", "1"], ["two", "2"], ["three", "3"]);
    const total = 1 + 1 / 4 + 1 / 9;
    assertShares(firstShares(offers, 30_000), { one: 1 / total, two: 1 / 4 / total, three: 1 / 9 / total });
  });

  test("counts prompt and completion prices together", () => {
    const offers = market(
      ["even", "1", { pricing: { prompt: "1", completion: "1" } }],
      ["uneven", "0", { pricing: { prompt: "0", completion: "2" } }],
    );
    assertShares(firstShares(offers, 20_000), { even: 0.5, uneven: 0.5 });
  });

  test("has a floor under the price, so that a free offer shares with a nearly free one", () => {
    const offers = market(["free", "0"], ["nearly", "0.001"], ["twice", "0.002"]);
    const total = 1 + 1 + 1 / 4;
    assertShares(firstShares(offers, 30_000), { free: 1 / total, nearly: 1 / total, twice: 1 / 4 / total });
  });

  test("draws the second and third among those that are left, by the same weights", () => {
    const offers = market(["one", "1"], ["two", "2"], ["three", "3"]);
    const random = seededRandom(11);
    let twoSecond = 0;
    let oneFirst = 0;
    for (let draw = 0; draw < 20_000; draw += 1) {
      const [first, second] = wallets(choose(offers, NEEDS, ALL_FREE, random));
      if (first !== "one") continue;
      oneFirst += 1;
      if (second === "two") twoSecond += 1;
    }
    const share = 1 / 4 / (1 / 4 + 1 / 9);
    assert.ok(Math.abs(twoSecond / oneFirst - share) < 0.015, `${twoSecond / oneFirst} for ${share}`);
  });

  test("replays from its seed", () => {
    const offers = market(["one", "1"], ["two", "2"], ["three", "3"], ["four", "4"]);
    const run = (): string[] => wallets(choose(offers, NEEDS, ALL_FREE, seededRandom(3)));
    assert.deepEqual(run(), run());
  });

  test("stays inside the list at both ends of what is random", () => {
    const offers = market(["one", "1000000"], ["two", "0"], ["three", "1000000"]);
    for (const fraction of [0, 1 - 2 ** -32, 1 - 2 ** -53]) {
      const random: Random = { fraction: () => fraction, bytes: () => new Uint8Array() };
      assert.equal(new Set(wallets(choose(offers, NEEDS, ALL_FREE, random))).size, 3, `at ${fraction}`);
    }
  });
});

describe("a plan", () => {
  test("holds at most three providers, each once", () => {
    const sellers = ["a", "b", "c", "d", "e"].map((wallet) => [wallet, "1"] as const);
    const plan = choose(market(...sellers), NEEDS, ALL_FREE, seededRandom(1));
    assert.deepEqual([new Set(wallets(plan)).size, plan.offers.length], [3, 3]);
  });

  test("holds one offer of a wallet that sells a slug twice, under two authors", () => {
    const book = createOfferBook();
    book.replace({ id: "1", wallet: "a" }, [plainOffer("m", { provider_name: "x" })], 0);
    book.replace({ id: "2", wallet: "a" }, [plainOffer("m", { provider_name: "y" })], 0);
    const plan = choose(book.find({ kind: "slug", slug: "m" }), NEEDS, ALL_FREE, seededRandom(1));
    assert.deepEqual(wallets(plan), ["a"]);
  });

  test("takes the cheapest of a wallet's links that sell the same, and a dearer one only while that is full", () => {
    const offers = market(["a", "1.1"], ["a", "1"], ["a", "1.2"]);
    const linkIds = (free: Record<string, number>): string[] => {
      const standing = { ...ALL_FREE, freeSlots: ({ linkId }: LiveOffer) => free[linkId] ?? 0 };
      return choose(offers, NEEDS, standing, seededRandom(5)).offers.map(({ linkId }) => linkId);
    };
    assert.deepEqual(linkIds({ "link-0": 9, "link-1": 1, "link-2": 9 }), ["link-1"]);
    assert.deepEqual(linkIds({ "link-0": 9, "link-1": 0, "link-2": 9 }), ["link-0"]);
  });

  test("takes a wallet's link with most room", () => {
    const offers = market(["a", "1"], ["a", "1"], ["a", "1"]);
    const free: Record<string, number> = { "link-0": 2, "link-1": 5, "link-2": 4 };
    const standing = { ...ALL_FREE, freeSlots: ({ linkId }: LiveOffer) => free[linkId] ?? 0 };
    const plan = choose(offers, NEEDS, standing, seededRandom(1));
    assert.deepEqual(
      plan.offers.map(({ linkId }) => linkId),
      ["link-1"],
    );
  });

  test("never holds the payer's own offers, and says so when there are no others", () => {
    const offers = market(["payer", "0"], ["other", "9"]);
    const plan = choose(offers, NEEDS, ALL_FREE, seededRandom(1));
    assert.deepEqual([wallets(plan), reasons(plan)], [["other"], { payer: "self_dealing" }]);
    const alone = choose(market(["payer", "0"]), NEEDS, ALL_FREE, seededRandom(1));
    assert.deepEqual([wallets(alone), reasons(alone)], [[], { payer: "self_dealing" }]);
  });

  test("leaves out who does not take an input kind", () => {
    const offers = market(["blind", "1"], ["sees", "9", { input_modalities: ["text", "image"] }]);
    const plan = choose(offers, { ...NEEDS, inputModalities: new Set(["image"]) }, ALL_FREE, seededRandom(1));
    assert.deepEqual([wallets(plan), reasons(plan)], [["sees"], { blind: "modality" }]);
    const both = { ...NEEDS, inputModalities: new Set(["image", "audio"] as const) };
    assert.deepEqual(reasons(choose(offers, both, ALL_FREE, seededRandom(1))), { blind: "modality", sees: "modality" });
  });

  test("leaves out who does not say what a recording, a video or a file may cost, not who says it", () => {
    for (const medium of ["audio", "video", "file"] as const) {
      const takes = { input_modalities: ["text", medium] } satisfies Partial<Offer>;
      const offers = market(["silent", "1", takes], ["says", "9", { ...takes, [`max_tokens_per_${medium}`]: 9_000 }]);
      const plan = choose(offers, { ...NEEDS, inputModalities: new Set([medium]) }, ALL_FREE, seededRandom(1));
      assert.deepEqual([wallets(plan), reasons(plan)], [["says"], { silent: "modality" }]);
    }
  });

  test("leaves out whose context is shorter than the output asked for, not who has just enough", () => {
    const offers = market(
      ["short", "1", { context_length: 99 }],
      ["fits", "9", { context_length: 100 }],
      ["silent", "9"],
    );
    const plan = choose(offers, { ...NEEDS, maxTokens: 100 }, ALL_FREE, seededRandom(1));
    assert.deepEqual([wallets(plan).toSorted(), reasons(plan)], [["fits", "silent"], { short: "context_length" }]);
    assert.equal(choose(offers, NEEDS, ALL_FREE, seededRandom(1)).offers.length, 3);
  });

  test("leaves out who has no endpoint for it", () => {
    const plan = choose(market(["a", "1"]), { ...NEEDS, endpoint: "/embeddings" }, ALL_FREE, seededRandom(1));
    assert.deepEqual([wallets(plan), reasons(plan)], [[], { a: "endpoint" }]);
  });

  test("leaves out who has no free slot", () => {
    const standing = { ...ALL_FREE, freeSlots: ({ wallet }: LiveOffer) => (wallet === "full" ? 0 : 1) };
    const plan = choose(market(["full", "1"], ["free", "9"]), NEEDS, standing, seededRandom(1));
    assert.deepEqual([wallets(plan), reasons(plan)], [["free"], { full: "no_free_slot" }]);
  });

  test("leaves out who is in outage, unless everybody is", () => {
    const offers = market(["down", "1"], ["up", "9"]);
    const oneDown = { ...ALL_FREE, isHealthy: ({ wallet }: LiveOffer) => wallet === "up" };
    const plan = choose(offers, NEEDS, oneDown, seededRandom(1));
    assert.deepEqual([wallets(plan), reasons(plan)], [["up"], { down: "outage" }]);
    const allDown = choose(offers, NEEDS, { ...ALL_FREE, isHealthy: () => false }, seededRandom(1));
    assert.equal(allDown.offers.length, 2);
  });

  test("holds only offers that fit, whatever the market looks like", () => {
    const seller = fc.record({
      wallet: fc.constantFrom("payer", "a", "b", "c", "d"),
      prompt: fc.constantFrom("0", "0.000001", "1", "999999.999999"),
      free: fc.nat(2),
      healthy: fc.boolean(),
      sees: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(seller, { maxLength: 12 }), fc.boolean(), fc.integer(), (sellers, needsImage, seed) => {
        const offers = market(
          ...sellers.map(({ wallet, prompt, sees }) => {
            const more: Partial<Offer> = { input_modalities: sees ? ["text", "image"] : ["text"] };
            return [wallet, prompt, more] as const;
          }),
        );
        const of = ({ linkId }: LiveOffer): (typeof sellers)[number] => sellers[Number(linkId.slice(5))]!;
        const standing = {
          freeSlots: (offer: LiveOffer) => of(offer).free,
          isHealthy: (offer: LiveOffer) => of(offer).healthy,
        };
        const needs = { ...NEEDS, inputModalities: new Set<Medium>(needsImage ? ["image"] : []) };
        const plan = choose(offers, needs, standing, seededRandom(seed));
        const fits = (offer: LiveOffer): boolean =>
          offer.wallet !== "payer" && of(offer).free > 0 && (!needsImage || of(offer).sees);
        for (const offer of plan.offers) assert.ok(fits(offer));
        assert.equal(new Set(wallets(plan)).size, plan.offers.length);
        assert.equal(plan.offers.length === 0, !offers.some((offer) => fits(offer)));
        const anyHealthy = plan.offers.some((offer) => of(offer).healthy);
        if (anyHealthy) assert.ok(plan.offers.every((offer) => of(offer).healthy));
      }),
    );
  });
});
