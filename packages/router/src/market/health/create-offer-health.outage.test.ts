// When an offer is out, for everybody or for one payer alone, and how it comes back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { healthScene, OFFER, payersNamed } from "../../test-bed/health-scene.ts";
import type { HealthScene } from "../../test-bed/health-scene.ts";

const OUTAGE_MS = 30_000;

/** Three failures in a row of two payers. */
function breakDown({ fails }: HealthScene): void {
  fails("ann");
  fails("ben");
  fails("ann");
}

test("three failures in a row of two payers are an outage for everybody, two are none", () => {
  const scene = healthScene();
  const { fails, tier } = scene;
  fails("ann");
  fails("ben");
  assert.equal(tier(), "good");
  fails("ann");
  assert.deepEqual([tier(), tier("ann"), tier("carl")], ["outage", "outage", "outage"]);
  assert.equal(scene.health.tier("wallet/other", "ann"), "good", "another offer is judged by itself");
});

test("a success between failures begins the row again", () => {
  const { fails, succeeds, tier } = healthScene();
  fails("ann");
  fails("ben");
  succeeds("carl");
  fails("ann");
  fails("ben");
  assert.notEqual(tier(), "outage");
});

test("a rival's own failures shut out only the rival", () => {
  const { clock, fails, tier } = healthScene();
  fails("rival");
  fails("rival");
  assert.equal(tier("rival"), "good");
  for (let failure = 0; failure < 50; failure += 1) fails("rival");
  assert.deepEqual([tier(), tier("ann"), tier("rival")], ["good", "good", "outage"]);
  clock.advance(OUTAGE_MS - 1);
  assert.equal(tier("rival"), "outage");
  clock.advance(1);
  assert.equal(tier("rival"), "degraded", "after its time it is tried again with care");
  fails("rival");
  assert.deepEqual([tier(), tier("rival")], ["good", "outage"], "one more failure, and it is out again");
});

test("a payer that was out alone is served again after three successes of its own", () => {
  const { clock, fails, succeeds, tier } = healthScene();
  for (let success = 0; success < 10; success += 1) succeeds("ann");
  for (let failure = 0; failure < 3; failure += 1) fails("ann");
  clock.advance(OUTAGE_MS);
  succeeds("ann");
  succeeds("ann");
  assert.equal(tier("ann"), "degraded");
  succeeds("ann");
  assert.equal(tier("ann"), "good");
});

test("an outage for one payer alone is proven to be over by tries of its own", () => {
  const { clock, health, succeeds, fails, tier } = healthScene();
  succeeds("ben");
  for (let failure = 0; failure < 3; failure += 1) fails("ann");
  assert.deepEqual([tier("ann"), health.isProving(OFFER, "ann")], ["outage", false]);
  clock.advance(30_000);
  assert.deepEqual(
    [tier("ann"), health.isProving(OFFER, "ann"), health.isProving(OFFER, "ben")],
    ["degraded", true, false],
  );
  for (let proof = 0; proof < 3; proof += 1) {
    assert.equal(health.mayProbe(OFFER, "ann"), true);
    health.probed(OFFER);
    assert.equal(health.mayProbe(OFFER, "ann"), false, "one at a time");
    succeeds("ann");
  }
  assert.deepEqual([tier("ann"), health.isProving(OFFER, "ann")], ["good", false]);
});

test("two rivals cannot put an offer with twenty other payers into outage", () => {
  const { clock, succeeds, fails, tier } = healthScene();
  const payers = payersNamed("payer", 20);
  for (const payer of payers) succeeds(payer);
  for (let failure = 0; failure < 200; failure += 1) {
    fails("rival");
    fails("other rival");
    clock.advance(100);
  }
  assert.deepEqual([tier(), tier("payer1"), tier("rival")], ["good", "good", "outage"]);
});

test("two payers of three who fail are an outage, two of five are none", () => {
  for (const [others, isOut] of [
    [1, true],
    [3, false],
  ] as const) {
    const { succeeds, fails, tier } = healthScene();
    for (const payer of payersNamed("payer", others)) succeeds(payer);
    for (let failure = 0; failure < 3; failure += 1) for (const payer of ["ann", "ben"]) fails(payer);
    assert.equal(tier() === "outage", isOut, `with ${others} others`);
  }
});

test("who was heard more than a minute ago has no say in it", () => {
  const { clock, succeeds, fails, tier } = healthScene();
  for (const payer of payersNamed("payer", 5)) succeeds(payer);
  clock.advance(60_000);
  fails("ann");
  fails("ben");
  fails("ann");
  assert.equal(tier(), "outage");
});

test("eight payers in a row who fail are an outage, however many were served a moment ago", () => {
  const { succeeds, fails, tier } = healthScene();
  for (const payer of payersNamed("payer", 60)) succeeds(payer);
  for (const payer of payersNamed("failing", 7)) fails(payer);
  assert.notEqual(tier(), "outage");
  fails("failing7");
  assert.equal(tier(), "outage");
});

test("an outage lasts thirty seconds and not a moment longer; then one try at a time proves that it is over", () => {
  const scene = healthScene();
  const { clock, health, tier, probes, succeeds } = scene;
  breakDown(scene);
  clock.advance(OUTAGE_MS - 1);
  assert.deepEqual([tier(), health.isProving(OFFER, ""), health.mayProbe(OFFER, "")], ["outage", false, false]);
  clock.advance(1);
  assert.deepEqual([tier(), health.isProving(OFFER, ""), health.mayProbe(OFFER, "")], ["degraded", true, true]);
  health.probed(OFFER);
  assert.equal(health.mayProbe(OFFER, ""), false, "one at a time");
  succeeds("carl");
  assert.ok(probes("dora", true));
  assert.equal(tier(), "degraded", "two successes are no proof yet");
  assert.ok(probes("emil", true), "the next one follows at once");
  assert.deepEqual([tier(), health.isProving(OFFER, "")], ["good", false]);
  assert.equal(tier("ann"), "good", "and with those for whom it failed, too");
});

test("a try that is never told of holds the next one up for five seconds", () => {
  const scene = healthScene();
  const { clock, health } = scene;
  breakDown(scene);
  clock.advance(OUTAGE_MS);
  health.probed(OFFER);
  clock.advance(4_999);
  assert.equal(health.mayProbe(OFFER, ""), false);
  clock.advance(1);
  assert.equal(health.mayProbe(OFFER, ""), true);
});

test("a failed try after an outage is another outage of the same length", () => {
  const scene = healthScene();
  const { clock, tier, probes } = scene;
  breakDown(scene);
  clock.advance(OUTAGE_MS);
  probes("carl", true);
  probes("dora", false);
  assert.equal(tier(), "outage");
  clock.advance(OUTAGE_MS - 1);
  assert.equal(tier(), "outage");
  clock.advance(1);
  for (const payer of ["emil", "fred"]) probes(payer, true);
  assert.equal(tier(), "degraded", "the proof begins anew");
  probes("gina", true);
  assert.equal(tier(), "good");
});

test("a payer for whom everything fails cannot keep an offer out for others", () => {
  const scene = healthScene();
  const { clock, tier, probes, fails } = scene;
  breakDown(scene);
  fails("ann"); // under way when it fell out
  clock.advance(OUTAGE_MS);
  fails("ann");
  assert.equal(tier(), "degraded", "ann's fourth failure in a row says nothing of others");
  for (const payer of payersNamed("payer", 3)) probes(payer, true);
  assert.equal(tier(), "good");
});

test("a success in the middle of an outage, of a request that ran already, ends it and is part of the proof", () => {
  const scene = healthScene();
  const { tier, health, succeeds } = scene;
  breakDown(scene);
  succeeds("carl");
  assert.deepEqual([tier(), health.isProving(OFFER, "")], ["degraded", true]);
  succeeds("dora");
  succeeds("emil");
  assert.equal(tier(), "good");
});

test("an offer that fails again soon after it came back has more to prove each time, until half an hour was quiet", () => {
  const scene = healthScene();
  const { clock, tier, probes } = scene;
  const returnAfter = (): number => {
    breakDown(scene);
    assert.equal(tier(), "outage");
    clock.advance(OUTAGE_MS);
    let tries = 0;
    while (tier() !== "good") {
      tries += 1;
      assert.ok(probes(`payer${tries}`, true));
    }
    clock.advance(60_000); // who was heard meanwhile has no say next time
    return tries;
  };
  assert.deepEqual([returnAfter(), returnAfter(), returnAfter(), returnAfter(), returnAfter()], [3, 6, 12, 20, 20]);
  clock.advance(29 * 60_000);
  assert.equal(returnAfter(), 3);
});

test("one payer alone proves no more than half", () => {
  const scene = healthScene();
  const { clock, tier, succeeds } = scene;
  breakDown(scene);
  clock.advance(OUTAGE_MS);
  for (let success = 0; success < 50; success += 1) succeeds("wash trader");
  assert.equal(tier(), "degraded");
  succeeds("carl");
  assert.equal(tier(), "good");
});

test("a clock that is set back keeps nobody out longer than thirty seconds", () => {
  const clock = { ...healthScene().clock };
  const scene = healthScene(undefined, clock);
  breakDown(scene);
  scene.fails("ann"); // for whom it is out alone, too
  const { now } = clock;
  clock.now = () => now() - 3_600_000;
  assert.deepEqual([scene.tier(), scene.tier("ann")], ["degraded", "degraded"]);
});
