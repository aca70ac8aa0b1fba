// Offers that asked to be left alone: for how long, by whom, and on whose word.
import assert from "node:assert/strict";
import { test } from "node:test";
import { healthScene, OFFER } from "../../test-bed/health-scene.ts";
import type { HealthScene } from "../../test-bed/health-scene.ts";

/** Milliseconds until the offer is good again, for one payer or for everybody. */
function restOf({ clock, tier }: HealthScene, payer?: string): number {
  let restMs = 0;
  while (tier(payer) === "resting") {
    clock.advance(1_000);
    restMs += 1_000;
  }
  assert.equal(tier(payer), "good");
  return restMs;
}

test("whom it told so leaves it alone as long as it asks for, between a second and ten minutes, and that is no failure", () => {
  const scene = healthScene();
  const { clock, health, limits, tier } = scene;
  limits("ann", 5_000);
  assert.deepEqual([tier("ann"), tier("ben"), tier()], ["resting", "good", "good"]);
  clock.advance(4_999);
  assert.equal(tier("ann"), "resting");
  clock.advance(1);
  assert.equal(tier("ann"), "good");
  limits("ann", 0);
  clock.advance(999);
  assert.equal(tier("ann"), "resting");
  clock.advance(1);
  assert.equal(tier("ann"), "good");
  limits("ann", 3_600_000);
  assert.equal(restOf(scene, "ann"), 600_000);
  assert.equal(health.measured(OFFER).uptime5m, undefined);
});

test("where it does not say how long, that is twice as long each time, until it has served again", () => {
  const scene = healthScene();
  const rests = Array.from({ length: 7 }, () => {
    scene.limits("ann");
    return restOf(scene, "ann");
  });
  assert.deepEqual(rests, [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  scene.succeeds("ann");
  scene.limits("ann");
  assert.equal(restOf(scene, "ann"), 2_000);
});

test("many who are turned away at once are one reason to rest", () => {
  const scene = healthScene();
  for (let payer = 0; payer < 20; payer += 1) scene.limits(`payer${payer}`);
  assert.equal(restOf(scene), 4_000, "the rest of the second to be turned away, who came while it rested");
});

test("everybody leaves it alone where two were told so: as long as both were told, a minute at most", () => {
  const scene = healthScene();
  const { health, limits, tier } = scene;
  limits("ann", 30_000);
  limits("ben", 20_000);
  assert.deepEqual([tier(), tier("carl"), health.mayProbe(OFFER, "")], ["resting", "resting", false]);
  assert.equal(restOf(scene), 20_000);
  assert.deepEqual([tier("ann"), tier("carl")], ["resting", "good"]);
  limits("ann", 500_000);
  limits("ben", 500_000);
  assert.equal(restOf(scene), 60_000);
});

test("a rival that is turned away again and again, or two of them, take it from nobody whom it serves", () => {
  const { limits, succeeds, tier } = healthScene();
  for (let times = 0; times < 10; times += 1) {
    limits("rival", 500_000);
    assert.equal(tier(), "good");
    succeeds("ann");
    limits("other rival", 500_000);
    assert.equal(tier(), "good", "somebody was served between");
    succeeds("ann");
  }
  assert.deepEqual([tier("ann"), tier("rival")], ["good", "resting"]);
});

test("whom it serves again it has forgiven", () => {
  const { limits, succeeds, tier } = healthScene();
  limits("ann", 500_000);
  succeeds("ann");
  assert.equal(tier("ann"), "good");
});

test("a rest hides neither an outage nor that the offer fails", () => {
  const { clock, fails, limits, tier } = healthScene();
  limits("ann", 40_000);
  limits("ben", 40_000);
  fails("ann");
  fails("ben");
  fails("ann");
  assert.equal(tier(), "outage");
  clock.advance(30_000);
  assert.equal(tier(), "resting");
  clock.advance(10_000);
  assert.equal(tier(), "degraded");
});

test("the first output of a long prompt makes no offer slow, but is measured", () => {
  const { health, succeeds } = healthScene();
  for (let round = 0; round < 5; round += 1) {
    for (const payer of ["ann", "ben"]) succeeds(payer, { firstOutputMs: 100 });
    succeeds("carl", { firstOutputMs: 9_000, isComparable: false });
  }
  assert.equal(health.measured(OFFER).recentFirstOutputMs, 100);
  assert.ok((health.measured(OFFER).firstOutputMs?.p99 ?? 0) > 5_000);
});
