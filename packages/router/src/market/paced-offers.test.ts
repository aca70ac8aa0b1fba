// A link's announcements: at once as a provider makes them, and the latest of those that never end.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { ANNOUNCEMENT_EVERY_MS, ANNOUNCEMENTS_SAVED_MAX } from "./limits.ts";
import { paceOffers } from "./paced-offers.ts";

function begin() {
  const clock = manualClock();
  const applied: string[] = [];
  const paced = paceOffers(clock, (offers: readonly Offer[]) => void applied.push(offers[0]?.name ?? "none"));
  const announce = (name: string): void => paced.announce([plainOffer(name)]);
  const useUp = (): void => {
    for (let times = 0; times < ANNOUNCEMENTS_SAVED_MAX; times += 1) announce(`early-${times}`);
    assert.equal(applied.splice(0).length, ANNOUNCEMENTS_SAVED_MAX);
  };
  return { clock, applied, paced, announce, useUp };
}

describe("a link's announcement", () => {
  test("counts at once, as many as a provider ever makes", () => {
    const { applied, announce } = begin();
    announce("one");
    announce("two");
    assert.deepEqual(applied, ["one", "two"]);
  });

  test("waits where there were too many, and the latest of those that wait counts, when its time has come and no sooner", () => {
    const { clock, applied, announce, useUp } = begin();
    useUp();
    announce("one");
    announce("two");
    clock.advance(ANNOUNCEMENT_EVERY_MS - 1);
    assert.deepEqual(applied, []);
    announce("three");
    clock.advance(1);
    assert.deepEqual(applied, ["three"]);
    clock.advance(10 * ANNOUNCEMENT_EVERY_MS);
    assert.deepEqual(applied, ["three"], "nothing waits any more");
  });

  test("finds room again with time", () => {
    const { clock, applied, announce, useUp } = begin();
    useUp();
    clock.advance(2 * ANNOUNCEMENT_EVERY_MS);
    announce("one");
    announce("two");
    announce("three");
    assert.deepEqual(applied, ["one", "two"]);
  });

  test("that waits is forgotten when its link sells nothing any more", () => {
    const { clock, applied, paced, announce, useUp } = begin();
    useUp();
    announce("one");
    paced.close();
    announce("two");
    clock.advance(10 * ANNOUNCEMENT_EVERY_MS);
    assert.deepEqual(applied, []);
  });
});
