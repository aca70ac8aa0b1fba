// What is measured of an offer: uptime, percentiles, the latest first outputs, whether it is new; and when that is announced.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { healthScene, OFFER, payersNamed } from "../../test-bed/health-scene.ts";
import { createOfferHealth } from "./create-offer-health.ts";
import { NOTHING_MEASURED } from "./offer-record.ts";

const SLOT_MS = 300_000;

test("of an offer that nobody has asked nothing is known", () => {
  const { health, tier } = healthScene();
  assert.deepEqual(health.measured(OFFER), NOTHING_MEASURED);
  assert.equal(tier("ann"), "good");
});

test("uptime is successes in percent of what ended by the provider's doing, in three windows", () => {
  const { clock, health, succeeds, fails, limits } = healthScene();
  for (const payer of ["ann", "ben", "carl"]) succeeds(payer);
  limits("dora"); // no failure
  clock.advance(3 * SLOT_MS);
  fails("ann");
  clock.advance(7 * SLOT_MS);
  for (const payer of ["ann", "ben", "carl"]) succeeds(payer);
  fails("dora");
  const { uptime5m, uptime30m, uptime1d } = health.measured(OFFER);
  assert.deepEqual([uptime5m, uptime30m, uptime1d], [75, 75, 75]);
  clock.advance(2 * SLOT_MS);
  assert.deepEqual([health.measured(OFFER).uptime5m, health.measured(OFFER).uptime30m], [undefined, 75]);
  fails("ann");
  assert.equal(health.measured(OFFER).uptime5m, 0);
  assert.equal(Math.round(health.measured(OFFER).uptime1d ?? 0), 67);
  clock.advance(278 * SLOT_MS);
  assert.equal(Math.round(health.measured(OFFER).uptime1d ?? 0), 50, "what was first is a day old");
});

test("one payer's attempts count five times in five minutes", () => {
  const { clock, health, succeeds, fails } = healthScene();
  for (let failure = 0; failure < 100; failure += 1) fails("rival");
  for (const payer of payersNamed("payer", 5)) succeeds(payer);
  assert.equal(health.measured(OFFER).uptime5m, 50);
  clock.advance(SLOT_MS);
  for (let success = 0; success < 100; success += 1) succeeds("rival");
  assert.equal(Math.round(health.measured(OFFER).uptime5m ?? 0), 67);
});

test("percentiles are within an eighth of what was measured, and there are none of fewer than five", () => {
  const { health, succeeds } = healthScene();
  for (let answer = 1; answer <= 4; answer += 1)
    succeeds(`payer${answer}`, { firstOutputMs: 100, tokensPerSecond: 50 });
  assert.equal(health.measured(OFFER).firstOutputMs, undefined);
  assert.equal(health.measured(OFFER).tokensPerSecond, undefined);
  for (let answer = 5; answer <= 100; answer += 1) {
    succeeds(`payer${answer}`, { firstOutputMs: answer * 10, tokensPerSecond: answer });
  }
  const { firstOutputMs, tokensPerSecond } = health.measured(OFFER);
  assert.ok(firstOutputMs !== undefined && tokensPerSecond !== undefined);
  const isNear = (found: number, expected: number): boolean => Math.abs(found / expected - 1) <= 0.125;
  assert.ok(isNear(firstOutputMs.p50, 500) && isNear(firstOutputMs.p75, 750), JSON.stringify(firstOutputMs));
  assert.ok(isNear(firstOutputMs.p90, 900) && isNear(firstOutputMs.p99, 990), JSON.stringify(firstOutputMs));
  assert.ok(isNear(tokensPerSecond.p50, 50) && isNear(tokensPerSecond.p75, 30), JSON.stringify(tokensPerSecond));
  assert.ok(isNear(tokensPerSecond.p90, 15) && isNear(tokensPerSecond.p99, 6), "what 90 and 99 % reach");
});

test("measurements are of the last half hour", () => {
  const { clock, health, succeeds } = healthScene();
  for (const payer of payersNamed("payer", 5)) succeeds(payer, { firstOutputMs: 100 });
  clock.advance(6 * SLOT_MS);
  assert.ok(health.measured(OFFER).firstOutputMs !== undefined);
  clock.advance(SLOT_MS);
  assert.equal(health.measured(OFFER).firstOutputMs, undefined);
});

test("a wash trader's thousand quick answers do not move the percentiles of nine others", () => {
  const { clock, health, succeeds } = healthScene();
  const others = payersNamed("payer", 9);
  const answerOthers = (): void => {
    for (const payer of others) for (let answer = 0; answer < 5; answer += 1) succeeds(payer, { firstOutputMs: 800 });
  };
  answerOthers();
  const before = health.measured(OFFER);
  for (let answer = 0; answer < 1_000; answer += 1)
    succeeds("wash trader", { firstOutputMs: 1, tokensPerSecond: 9_999 });
  clock.advance(1);
  assert.deepEqual(health.measured(OFFER).firstOutputMs, before.firstOutputMs);
  answerOthers();
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 800);
});

test("an offer that becomes slow is noticed after five answers, and quick again after five", () => {
  const { clock, health, succeeds } = healthScene();
  const answer = (payer: string, firstOutputMs: number): number | undefined => {
    clock.advance(10);
    succeeds(payer, { firstOutputMs });
    return health.measured(OFFER).recentFirstOutputMs;
  };
  assert.deepEqual([answer("p1", 100), answer("p2", 100), answer("p3", 110)], [undefined, undefined, 100]);
  for (const payer of payersNamed("more", 20)) answer(payer, 100);
  const slow = payersNamed("slow", 5).map((payer) => answer(payer, 3_000));
  assert.deepEqual(slow, [100, 100, 100, 100, 3_000]);
  const quick = payersNamed("quick", 5).map((payer) => answer(payer, 100));
  assert.equal(quick.at(-1), 100);
  clock.advance(SLOT_MS);
  assert.equal(health.measured(OFFER).recentFirstOutputMs, undefined, "what is old says nothing of now");
});

test("one payer alone is enough for the latest first outputs, and is a third of them beside others", () => {
  const { clock, health, succeeds } = healthScene();
  const answer = (payer: string, firstOutputMs: number): void => {
    clock.advance(10);
    succeeds(payer, { firstOutputMs });
  };
  for (let answers = 0; answers < 9; answers += 1) answer("wash trader", 1);
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 1);
  for (const payer of payersNamed("payer", 4)) answer(payer, 900);
  for (let answers = 0; answers < 100; answers += 1) answer("wash trader", 1);
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 900);
});

test("payers whose prompts take long say no more than as many others, however often they ask", () => {
  const { clock, health, succeeds } = healthScene();
  const [patient, others] = [payersNamed("patient", 4), payersNamed("payer", 5)];
  for (let round = 0; round < 20; round += 1) {
    for (const payer of others) succeeds(payer, { firstOutputMs: 300 });
    for (let asked = 0; asked < 5; asked += 1) for (const payer of patient) succeeds(payer, { firstOutputMs: 8_000 });
    clock.advance(10_000);
    assert.equal(health.measured(OFFER).recentFirstOutputMs, 300);
  }
  succeeds("one more", { firstOutputMs: 8_000 });
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 8_000, "five of nine do");
});

test("two payers who do not agree prove nothing against an offer", () => {
  const { health, succeeds } = healthScene();
  for (let answer = 0; answer < 9; answer += 1) succeeds("patient", { firstOutputMs: 8_000 });
  for (let answer = 0; answer < 9; answer += 1) succeeds("payer", { firstOutputMs: 300 });
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 300);
});

test("where the clock was set back, the latest first outputs are those of now", () => {
  const clock = manualClock(100 * SLOT_MS);
  let backMs = 0;
  const health = createOfferHealth({ clock: { ...clock, now: () => clock.now() - backMs } });
  const { succeeds } = healthScene(health);
  for (let answer = 0; answer < 9; answer += 1) succeeds("payer", { firstOutputMs: 8_000 });
  backMs = 10 * SLOT_MS;
  for (let answer = 0; answer < 5; answer += 1) succeeds("payer", { firstOutputMs: 300 });
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 300);
});

test("an offer is new until five distinct payers, and twenty attempts, were served", () => {
  const { clock, health, succeeds } = healthScene();
  const beganMs = clock.now();
  for (let round = 0; round < 10; round += 1) {
    for (const payer of payersNamed("payer", 4)) succeeds(payer);
    clock.advance(SLOT_MS);
  }
  assert.deepEqual([health.measured(OFFER).isNew, health.measured(OFFER).firstSuccessMs], [true, beganMs]);
  succeeds("a fifth one");
  assert.equal(health.measured(OFFER).isNew, false);
  const young = healthScene();
  for (const payer of payersNamed("payer", 19)) young.succeeds(payer);
  assert.equal(young.health.measured(OFFER).isNew, true);
  young.succeeds("a twentieth one");
  assert.equal(young.health.measured(OFFER).isNew, false);
});

test("an offer that only fails stays new, and has never answered", () => {
  const { health, fails } = healthScene();
  for (const payer of payersNamed("payer", 50)) fails(payer);
  assert.equal(health.measured(OFFER).isNew, true);
  assert.equal(health.measured(OFFER).firstSuccessMs, undefined);
});

test("the version rises when a tier changes for everybody, also by time alone, and when an offer becomes known", () => {
  const { clock, health, fails, succeeds, limits, probes } = healthScene();
  let last = health.version;
  const hasRisen = (): boolean => {
    const rose = health.version > last;
    last = health.version;
    return rose;
  };
  fails("ann");
  fails("ben");
  assert.equal(hasRisen(), false);
  fails("ann");
  assert.equal(hasRisen(), true, "an outage began");
  clock.advance(29_999);
  assert.equal(hasRisen(), false);
  clock.advance(1);
  assert.equal(hasRisen(), true, "it has passed");
  assert.equal(hasRisen(), false);
  for (const payer of ["carl", "dora", "emil"]) probes(payer, true);
  assert.equal(hasRisen(), true, "the offer is good again");
  limits("ann", 5_000);
  assert.equal(hasRisen(), false, "what one was told is nobody else's business");
  limits("ben", 5_000);
  assert.equal(hasRisen(), true, "it rests");
  clock.advance(4_999);
  assert.equal(hasRisen(), false);
  clock.advance(1);
  assert.equal(hasRisen(), true, "it has rested");
  for (const payer of payersNamed("payer", 16)) succeeds(payer);
  assert.equal(hasRisen(), false);
  succeeds("one more");
  assert.equal(hasRisen(), true, "it is known now");
  for (let failure = 0; failure < 9; failure += 1) fails("rival");
  assert.equal(hasRisen(), false, "how it stands with one payer is nobody else's business");
});
