// Offers that asked to be left alone: for how long, and on whose word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { healthScene, OFFER } from "../../test-bed/health-scene.ts";
import type { HealthScene } from "../../test-bed/health-scene.ts";

/** Milliseconds until the offer is good again. */
function restOf({ clock, tier }: HealthScene): number {
  let restMs = 0;
  while (tier() === "resting") {
    clock.advance(1_000);
    restMs += 1_000;
  }
  assert.equal(tier(), "good");
  return restMs;
}

test("an offer rests as long as it asks for, between a second and ten minutes, and that is no failure", () => {
  const scene = healthScene();
  const { clock, health, limits, tier } = scene;
  limits("ann", 5_000);
  assert.deepEqual([tier(), tier("ben"), health.mayProbe(OFFER, "")], ["resting", "resting", false]);
  clock.advance(4_999);
  assert.equal(tier(), "resting");
  clock.advance(1);
  assert.equal(tier(), "good");
  limits("ann", 0);
  clock.advance(999);
  assert.equal(tier(), "resting");
  clock.advance(1);
  assert.equal(tier(), "good");
  limits("ann", 3_600_000);
  limits("ben", 3_600_000);
  assert.equal(restOf(scene), 600_000);
  assert.equal(health.measured(OFFER).uptime5m, undefined);
});

test("where it does not say how long, it rests twice as long each time, until it has served again", () => {
  const scene = healthScene();
  const rests = Array.from({ length: 7 }, () => {
    scene.limits("ann");
    return restOf(scene);
  });
  assert.deepEqual(rests, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  scene.succeeds("ann");
  scene.limits("ann");
  assert.equal(restOf(scene), 2_000);
});

test("many who are turned away at once are one reason to rest", () => {
  const scene = healthScene();
  for (let payer = 0; payer < 20; payer += 1) scene.limits(`payer${payer}`);
  assert.equal(restOf(scene), 4_000, "the rest of the second to be turned away, who came while it rested");
});

test("on one payer's word it rests for a minute at most, however often it says so; on two payers' as long as both were told", () => {
  const scene = healthScene();
  const { limits } = scene;
  for (let times = 0; times < 10; times += 1) limits("rival", 500_000);
  assert.equal(restOf(scene), 60_000);
  limits("rival", 500_000);
  limits("ann", 300_000);
  assert.equal(restOf(scene), 300_000);
});

test("a rest hides neither an outage nor that the offer fails", () => {
  const { clock, fails, limits, tier } = healthScene();
  limits("ann", 40_000);
  fails("ann");
  fails("ben");
  fails("ann");
  assert.equal(tier(), "outage");
  clock.advance(30_000);
  assert.equal(tier(), "resting");
  clock.advance(10_000);
  assert.equal(tier(), "degraded");
});
