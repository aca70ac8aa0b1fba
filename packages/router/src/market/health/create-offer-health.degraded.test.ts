// When an offer fails too often, and what makes it good again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "@aimo-network/protocol/random";
import { healthScene, OFFER, payersNamed } from "../../test-bed/health-scene.ts";
import type { HealthScene } from "../../test-bed/health-scene.ts";

/** Half of the attempts of four payers fail. */
function failHalf({ fails, succeeds }: HealthScene): void {
  for (const payer of ["ann", "ben", "carl", "dora"]) {
    fails(payer);
    succeeds(payer);
  }
}

test("an offer that fails half the time is degraded after a handful of attempts", () => {
  const { fails, succeeds, tier } = healthScene();
  fails("ann");
  succeeds("ben");
  fails("carl");
  assert.equal(tier(), "good");
  succeeds("dora");
  fails("emil");
  assert.equal(tier(), "degraded");
});

test("one failure in a hundred, of one payer or of many, changes nothing", () => {
  const one = healthScene();
  for (let success = 0; success < 99; success += 1) one.succeeds("ann");
  one.fails("ann");
  assert.deepEqual([one.tier(), one.tier("ann")], ["good", "good"]);
  const many = healthScene();
  for (let round = 0; round < 10; round += 1) {
    for (const payer of payersNamed(`payer${round}-`, 99)) many.succeeds(payer);
    many.fails(`unlucky${round}`);
    assert.equal(many.tier(), "good");
  }
});

test("one failure in eight is too many, also among a hundred payers", () => {
  const { fails, succeeds, tier } = healthScene();
  let payers = 0;
  while (payers < 200 && tier() === "good") {
    payers += 1;
    if (payers % 8 === 0) fails(`payer${payers}`);
    else succeeds(`payer${payers}`);
  }
  assert.equal(tier(), "degraded");
});

test("a rival who fails now and then degrades the offer for itself alone", () => {
  const { fails, succeeds, tier } = healthScene();
  for (let round = 0; round < 20; round += 1) {
    for (const payer of ["ann", "ben"]) succeeds(payer);
    fails("rival");
    fails("rival");
    succeeds("rival");
  }
  assert.deepEqual([tier(), tier("ann"), tier("rival")], ["good", "good", "degraded"]);
});

test("one payer's failures degrade the offer for it, until ten of its own have succeeded in a row", () => {
  const { fails, succeeds, tier } = healthScene();
  for (let round = 0; round < 3; round += 1) {
    succeeds("ann");
    fails("ann");
  }
  assert.equal(tier("ann"), "degraded");
  for (let success = 0; success < 9; success += 1) succeeds("ann");
  assert.equal(tier("ann"), "degraded");
  succeeds("ann");
  assert.equal(tier("ann"), "good");
});

test("what a payer has seen is forgotten after five minutes", () => {
  const { clock, fails, succeeds, tier } = healthScene();
  for (let round = 0; round < 3; round += 1) {
    succeeds("ann");
    fails("ann");
  }
  clock.advance(299_999);
  assert.equal(tier("ann"), "degraded");
  clock.advance(1);
  assert.equal(tier("ann"), "good");
});

test("a degraded offer is tried first every two seconds at most", () => {
  const scene = healthScene();
  const { clock, health } = scene;
  failHalf(scene);
  assert.equal(scene.tier(), "degraded");
  assert.equal(health.mayProbe(OFFER, ""), true);
  assert.equal(health.isProving(OFFER, ""), false);
  health.probed(OFFER);
  clock.advance(1_999);
  assert.equal(health.mayProbe(OFFER, ""), false);
  clock.advance(1);
  assert.equal(health.mayProbe(OFFER, ""), true);
});

test("an offer that returns is good again within 60 s", () => {
  const scene = healthScene();
  const { clock, tier, probes } = scene;
  failHalf(scene);
  const beganMs = clock.now();
  let tries = 0;
  while (tier() !== "good") {
    tries += 1;
    probes(`payer${tries}`, true);
    clock.advance(500);
    assert.ok(clock.now() - beganMs <= 60_000, "too late");
  }
  assert.ok(clock.now() - beganMs >= 10_000, "a handful of successes take some time to be asked for");
});

test("after its longest proof it is still good again within 60 s of tries", () => {
  const scene = healthScene();
  const { clock, tier, probes } = scene;
  for (let relapse = 0; relapse < 6; relapse += 1) {
    failHalf(scene);
    assert.equal(tier(), "degraded");
    const beganMs = clock.now();
    for (let tries = 0; tier() !== "good"; tries += 1) {
      probes(`payer${tries}`, true);
      clock.advance(2_000);
    }
    assert.ok(clock.now() - beganMs <= 60_000);
  }
});

test("an offer failing half the time does not talk its way back", () => {
  const random = seededRandom(7);
  const { clock, tier, fails, succeeds, health } = healthScene();
  let asked = 0;
  let goodMs = 0;
  const hourMs = 3_600_000;
  for (let passedMs = 0; passedMs < hourMs; passedMs += 100) {
    const isGood = tier() === "good";
    if (isGood) goodMs += 100;
    if (isGood || health.mayProbe(OFFER, "")) {
      if (!isGood) health.probed(OFFER);
      asked += 1;
      const payer = `payer${asked}`;
      if (random.fraction() < 0.5) fails(payer);
      else succeeds(payer);
    }
    clock.advance(100);
  }
  assert.ok(goodMs < hourMs * 0.01, `good for ${goodMs} ms of an hour`);
});

test("failures of a payer for whom everything fails do not undo the proof of others", () => {
  const scene = healthScene();
  const { clock, tier, fails, succeeds, probes } = scene;
  for (const payer of ["ann", "ben", "carl", "dora"]) succeeds(payer);
  for (let failure = 0; failure < 4; failure += 1) fails("rival");
  failHalf(scene);
  assert.equal(tier(), "degraded");
  for (let tries = 0; tries < 10; tries += 1) {
    fails("rival");
    probes(`payer${tries}`, true);
    clock.advance(2_000);
  }
  assert.equal(tier(), "good");
});
