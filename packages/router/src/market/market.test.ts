// The market as a whole: whose name passes for whose, and when what is known changes what is chosen.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { SaidOfOffers } from "../test-bed/market-bed.ts";
import { saidHealth, saidTruth } from "../test-bed/market-bed.ts";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import type { Measured, Tier } from "./health/offer-health.ts";
import { VIEW_MS_MAX, VIEW_MS_MIN } from "./limits.ts";
import type { Market } from "./market.ts";
import { createMarket } from "./market.ts";
import type { ModelName } from "./model-name.ts";
import { createOfferBook } from "./offer-book.ts";

const GENUINE: ModelName = { kind: "author", author: "openai", slug: "gpt-4o" };

/** A genuine model of one provider, and one of another whose author's name looks alike. */
function namesakes(author: string, slug: string, said: SaidOfOffers): Market {
  const book = createOfferBook();
  book.replace({ id: "1", wallet: "late" }, [plainOffer(slug, { provider_name: author })], 0);
  book.replace({ id: "2", wallet: "first" }, [plainOffer("gpt-4o", { provider_name: "openai" })], 0);
  return createMarket(manualClock(), { book, health: saidHealth(said), truth: saidTruth(said) });
}

function hidden({ book, views }: Market, name: ModelName): readonly (string | undefined)[] {
  return views.of(book.find(name)).ranked.map((ranked) => ranked.hidden);
}

describe("a name that passes for another", () => {
  const measured = { "first/gpt-4o": { firstSuccessMs: 1_000 }, "late/gpt-40": { firstSuccessMs: 2_000 } };

  for (const [author, slug] of [
    ["0penai", "gpt-4o"],
    ["openai", "gpt-40"],
    ["open-ai", "gpt-4o"],
    ["0PENAI", "GPT_4O"],
  ] as const) {
    test(`${author}/${slug} is reached by its provider's name alone`, () => {
      const said = { measured: { ...measured, [`late/${slug.toLowerCase()}`]: { firstSuccessMs: 2_000 } } };
      const market = namesakes(author, slug, said);
      const imitation: ModelName = { kind: "author", author: author.toLowerCase(), slug: slug.toLowerCase() };
      assert.deepEqual(hidden(market, imitation), ["imitation"]);
      assert.deepEqual(hidden(market, GENUINE), [undefined]);
    });
  }

  test("does not hide the other: who was there first and served strangers is genuine", () => {
    const squatter = { "first/gpt-4o": { firstSuccessMs: 3_000 }, "late/gpt-40": { isNew: true } };
    const market = namesakes("openai", "gpt-40", { measured: squatter });
    assert.deepEqual(hidden(market, GENUINE), [undefined], "a name that nobody has used takes nobody's place");
    const imitation: ModelName = { kind: "author", author: "openai", slug: "gpt-40" };
    assert.deepEqual(hidden(market, imitation), ["imitation"]);
  });

  test("is as good as the other while neither has served strangers", () => {
    const measuredNew = { "first/gpt-4o": { isNew: true }, "late/gpt-40": { isNew: true } };
    assert.deepEqual(hidden(namesakes("openai", "gpt-40", { measured: measuredNew }), GENUINE), [undefined]);
  });

  test("is genuine again when the other has gone", () => {
    const market = namesakes("openai", "gpt-40", { measured });
    market.book.remove("2");
    assert.deepEqual(hidden(market, { kind: "author", author: "openai", slug: "gpt-40" }), [undefined]);
  });
});

describe("what is known", () => {
  const changing = (clock: ManualClock) => {
    const tiers: Record<string, Tier> = {};
    const measured: Record<string, Partial<Measured>> = {};
    const health = { ...saidHealth({ tiers, measured }), version: 1 };
    const book = createOfferBook();
    book.replace({ id: "1", wallet: "a" }, [plainOffer("m")], 0);
    const market = createMarket(clock, { book, health, truth: saidTruth({}) });
    const view = () => market.views.of(book.find({ kind: "slug", slug: "m" }));
    return { tiers, measured, health, book, view };
  };

  test("enters the next view when a tier has changed, but not more often than is good", () => {
    const clock = manualClock();
    const { tiers, health, view } = changing(clock);
    const before = view();
    tiers["a/m"] = "outage";
    health.version += 1;
    clock.advance(VIEW_MS_MIN);
    assert.equal(view(), before);
    clock.advance(1);
    assert.equal(view().ranked[0]?.standing, "outage");
  });

  test("enters it after a second at the latest", () => {
    const clock = manualClock();
    const { measured, view } = changing(clock);
    const before = view();
    measured["a/m"] = { recentFirstOutputMs: 70 };
    clock.advance(VIEW_MS_MAX);
    assert.equal(view(), before);
    clock.advance(1);
    assert.equal(view().ranked[0]?.measured.recentFirstOutputMs, 70);
  });

  test("enters it at once where offers have come or gone", () => {
    const { book, view } = changing(manualClock());
    assert.equal(view().ranked.length, 1);
    book.replace({ id: "2", wallet: "b" }, [plainOffer("m")], 0);
    assert.equal(view().ranked.length, 2);
    book.remove("1");
    assert.deepEqual(
      view().ranked.map(({ offer }) => offer.wallet),
      ["b"],
    );
  });
});
