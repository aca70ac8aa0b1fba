import assert from "node:assert/strict";
import { test } from "node:test";
import { madeOffer } from "../test-bed/made-answers.ts";
import type { HintSources } from "./hints.ts";
import { hintsOf, isBeginner } from "./hints.ts";

const ROW = { date: "2026-11-26", model: "a/m", requests: 1, earned: "1" };

const ids = (more: Partial<HintSources>): readonly string[] =>
  hintsOf({ links: 1, offers: [madeOffer()], positions: new Map(), earnings: undefined, ...more }).map(({ id }) => id);

test("who sells well is told nothing", () => {
  assert.deepEqual(ids({}), []);
  const position = { others: 3, rank: 2, abovePercent: 19n };
  assert.deepEqual(ids({ positions: new Map([["me:m", position]]) }), []);
});

test("without a link one is told to start the proxy", () => {
  const [hint, ...more] = hintsOf({ links: 0, offers: [], positions: new Map(), earnings: undefined });
  assert.equal(more.length, 0);
  assert.match(hint?.command ?? "", /aimo-proxy --config/);
});

test("who has a link, or has ever earned, is no beginner", () => {
  const nothing = { by_day: [], claimable: "0", payable: "0", withdrawing: "0" };
  assert.equal(isBeginner(0, nothing), true);
  assert.equal(isBeginner(1, nothing), false);
  assert.equal(isBeginner(0, { ...nothing, by_day: [ROW] }), false);
  assert.equal(isBeginner(0, { ...nothing, payable: "0.000000001" }), false);
});

test("a link that sells nothing, and what is wrong with an offer, are told with the worst first", () => {
  assert.deepEqual(ids({ offers: [] }), ["no_offer"]);
  const position = { others: 3, rank: 4, abovePercent: 20n };
  assert.deepEqual(
    ids({
      offers: [madeOffer({ aimo: { tier: "slow" } }), madeOffer({ aimo: { verdict: "unverified" } })],
      positions: new Map([["me:m", position]]),
    }),
    ["standing me:m", "standing me:m", "price me:m", "price me:m"],
  );
});

test("an offer that is new or good is no trouble, and one with two troubles is told once", () => {
  assert.deepEqual(ids({ offers: [madeOffer({ aimo: { verdict: "new" } })] }), []);
  const offers = [madeOffer({ aimo: { verdict: "unverified", tier: "outage" } })];
  const [hint, ...more] = hintsOf({ links: 1, offers, positions: new Map(), earnings: undefined });
  assert.equal(more.length, 0);
  assert.match(hint?.title ?? "", /: unverified and failing$/);
});

test("answers without usage are counted", () => {
  const unpaid = [{ reason: "no_usage", count: 1, amount: "0" }];
  const [hint] = hintsOf({
    ...{ links: 1, offers: [madeOffer()], positions: new Map() },
    earnings: { unpaid },
  });
  assert.match(hint?.title ?? "", /^1 answer was not paid/);
});
