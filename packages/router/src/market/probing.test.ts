// How often offers that are not good are asked first: by share of the traffic, by time, and never saved up for long.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { SaidOfOffers } from "../test-bed/market-bed.ts";
import { marketOf, offersOf, saidHealth } from "../test-bed/market-bed.ts";
import { PROBE_EVERY_MS, PROBES_SAVED_MAX, PROBES_SHARE_MAX } from "./limits.ts";
import type { LiveOffer } from "./offer-book.ts";
import type { Probing } from "./probing.ts";
import { createProbing } from "./probing.ts";

const OFFER = offersOf(marketOf([["a", "1"]]))[0] as LiveOffer;

/** Uses up all tries that are allowed; how many there were. */
function use(probing: Probing): number {
  let tries = 0;
  for (; probing.mayProbe(OFFER, "payer"); tries += 1) probing.probed(OFFER, "payer");
  return tries;
}

function begin(said: SaidOfOffers = {}, isProving = false) {
  const clock = manualClock();
  const probing = createProbing(clock, { ...saidHealth(said), isProving: () => isProving });
  return { clock, probing };
}

describe("tries", () => {
  test("are one at first, then a small share of the requests", () => {
    const { probing } = begin();
    assert.equal(use(probing), 1);
    const requests = Math.ceil(1 / PROBES_SHARE_MAX);
    for (let request = 1; request < requests; request += 1) probing.asked(OFFER.modelId);
    assert.equal(use(probing), 0, "a request too few");
    probing.asked(OFFER.modelId);
    probing.asked(OFFER.modelId); // the second only against the rounding of many small sums
    assert.equal(use(probing), 1);
  });

  test("are one after some time, however few requests there are, and not a moment earlier", () => {
    const { clock, probing } = begin();
    use(probing);
    clock.advance(PROBE_EVERY_MS * (1 - PROBES_SHARE_MAX) - 10);
    probing.asked(OFFER.modelId);
    assert.equal(use(probing), 0);
    clock.advance(20);
    probing.asked(OFFER.modelId);
    assert.equal(use(probing), 1);
  });

  test("come with time also of a model that is only asked by another name, as by its slug alone", () => {
    const { clock, probing } = begin();
    assert.equal(use(probing), 1);
    clock.advance(PROBE_EVERY_MS - 1);
    assert.equal(use(probing), 0);
    clock.advance(1);
    assert.equal(use(probing), 1);
  });

  test("that were planned and not made are given back", () => {
    const { probing } = begin();
    probing.probed(OFFER, "payer");
    assert.equal(probing.mayProbe(OFFER, "payer"), false);
    probing.unprobed(OFFER, "payer");
    assert.equal(use(probing), 1);
  });

  test("are not saved up without bound", () => {
    const { clock, probing } = begin();
    probing.asked(OFFER.modelId);
    clock.advance(100 * PROBE_EVERY_MS);
    probing.asked(OFFER.modelId);
    assert.equal(use(probing), PROBES_SAVED_MAX);
  });

  test("of an offer that fails are those that its health allows, too", () => {
    const { probing } = begin({ tiers: { "a/m": "degraded" } });
    assert.equal(probing.mayProbe(OFFER, "payer"), false);
    assert.equal(begin({ tiers: { "a/m": "degraded" }, mayProbe: () => true }).probing.mayProbe(OFFER, "payer"), true);
  });

  test("after an outage are those that its health allows, whatever the traffic", () => {
    let left = 5;
    const { probing } = begin({ tiers: { "a/m": "degraded" }, mayProbe: () => left > 0 }, true);
    let tries = 0;
    for (; probing.mayProbe(OFFER, "payer"); tries += 1) {
      probing.probed(OFFER, "payer");
      left -= 1;
    }
    assert.equal(tries, 5);
  });
});
