// When listings are made anew, who waits for them, and what becomes of a making that fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createOfferHealth } from "../../market/health/create-offer-health.ts";
import { createModelViews } from "../../market/model-view.ts";
import { createOfferBook } from "../../market/offer-book.ts";
import { offerOf } from "../../test-bed/catalogue-server.ts";
import { tickingClock } from "../../test-bed/ticking-clock.ts";
import { LIST_AGE_MS_MAX, LIST_REST_MS_MAX, LIST_SMALL_MAX } from "./limits.ts";
import { createListings } from "./listings.ts";

/** A book of many models on a clock that is a millisecond later whenever somebody looks at it. */
function setUp() {
  const clock = tickingClock();
  const book = createOfferBook();
  const truth = {
    finding: () => ({ verdict: "new" as const, withdrawn: new Set<string>(), examinedAtMs: undefined }),
    version: 0,
  };
  const health = createOfferHealth({ clock });
  const real = createModelViews({ clock, health, truth, lookAtNames: () => () => false });
  const looks: number[] = [];
  let fault: Error | undefined;
  const views = {
    of: (offers: Parameters<typeof real.of>[0]) => {
      if (fault !== undefined) throw fault;
      looks.push(offers.length);
      return real.of(offers);
    },
  };
  const sell = (link: string, count: number): void =>
    book.replace(
      { id: link, wallet: link },
      Array.from({ length: count }, (_, index) => offerOf(`${link}/m${index}`)),
      clock.now(),
    );
  const listings = createListings({ clock, book, truth, views });
  return { clock, listings, looks, sell, breakViews: (error?: Error) => void (fault = error) };
}

test("a long list is waited for by who comes first, while others are shown the one before", async () => {
  const { clock, listings, sell } = setUp();
  sell("a", LIST_SMALL_MAX + 1);
  const first = listings.all();
  assert.ok(first instanceof Promise, "it pauses");
  assert.ok(listings.all() instanceof Promise, "nobody has anything else to be shown");
  const before = await first;
  clock.advance(LIST_REST_MS_MAX);
  sell("b", 1);
  const second = listings.all();
  assert.ok(second instanceof Promise);
  assert.equal(listings.all(), before);
  clock.advance(LIST_AGE_MS_MAX);
  assert.ok(listings.all() instanceof Promise, "what is too old is shown to nobody");
  assert.equal((await second).models.length, LIST_SMALL_MAX + 2);
});

test("only what has changed is made anew", async () => {
  const { clock, listings, looks, sell } = setUp();
  sell("a", 3);
  await listings.all();
  const made = looks.length;
  sell("b", 1);
  await listings.all();
  assert.equal(looks.length, made + 1);
  clock.advance(20_000);
  await listings.all();
  assert.equal(looks.length, made + 1 + 4, "but everything where it is to be measured");
});

test("a making that fails is made again for who asks next", async () => {
  const { listings, sell, breakViews } = setUp();
  sell("a", 1);
  breakViews(new Error("a bug"));
  await assert.rejects(async () => await listings.all(), /a bug/);
  breakViews();
  assert.equal((await listings.all()).models.length, 1);
});
