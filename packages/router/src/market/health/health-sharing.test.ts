// What instances share of health, what a restart keeps, and what becomes of it while the database is away.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { startDatabaseRelay } from "../../test-bed/database-relay.ts";
import { openHealthBed } from "../../test-bed/health-bed.ts";
import { OFFER, payersNamed } from "../../test-bed/health-scene.ts";
import { createOfferHealth } from "./create-offer-health.ts";
import { HealthChanges } from "./health-changes.ts";
import { HEALTH_WAITING_SLOTS_MAX } from "../limits.ts";

test("what is known outlives a restart", async (t) => {
  const bed = await openHealthBed(t);
  const earlier = await bed.instance();
  const beganMs = bed.clock.now();
  for (const payer of payersNamed("payer", 24)) {
    earlier.succeeds(payer, { firstOutputMs: 200, tokensPerSecond: 80 });
    bed.clock.advance(1_000);
  }
  for (const payer of ["ann", "ben", "carl", "dora", "emil", "fred", "gina", "hans"]) earlier.fails(payer);
  assert.equal(earlier.tier(), "outage");
  const known = earlier.health.measured(OFFER);
  await earlier.close();
  const later = await bed.instance();
  assert.deepEqual(later.health.measured(OFFER), { ...known, recentFirstOutputMs: undefined });
  assert.deepEqual([known.isNew, known.firstSuccessMs, known.uptime1d], [false, beganMs, 75]);
  assert.equal(later.tier("anybody"), "outage");
  bed.clock.advance(30_000);
  assert.equal(later.health.isProving(OFFER, ""), true, "its outage is no longer than it was");
});

test("a restart does not forget that an offer is degraded, nor what it must prove", async (t) => {
  const bed = await openHealthBed(t);
  const earlier = await bed.instance();
  for (const payer of ["ann", "ben", "carl", "dora"]) {
    earlier.fails(payer);
    earlier.succeeds(payer);
  }
  assert.equal(earlier.tier(), "degraded");
  await earlier.close();
  const later = await bed.instance();
  let proofs = 0;
  for (; later.tier() === "degraded"; proofs += 1) {
    assert.ok(later.probes(`payer${proofs}`, true));
    bed.clock.advance(2_000);
  }
  assert.equal(proofs, 10);
});

test("two instances have one health: both count, an outage seen by one holds for both, and so does its end", async (t) => {
  const bed = await openHealthBed(t);
  const one = await bed.instance();
  const other = await bed.instance();
  for (const payer of payersNamed("payer", 12)) one.succeeds(payer, { firstOutputMs: 100 });
  for (const payer of payersNamed("stranger", 12)) other.succeeds(payer, { firstOutputMs: 100 });
  assert.equal(one.health.measured(OFFER).isNew, true);
  await bed.exchange();
  await bed.exchange();
  for (const { health } of [one, other]) {
    assert.equal(health.measured(OFFER).isNew, false);
    assert.equal(health.measured(OFFER).uptime5m, 100);
  }
  const { version } = one.health;
  for (const payer of payersNamed("failing", 8)) other.fails(payer);
  assert.deepEqual([one.tier(), other.tier()], ["good", "outage"]);
  one.succeeds("meanwhile");
  await bed.exchange();
  await bed.exchange();
  assert.deepEqual([one.tier(), other.tier()], ["outage", "outage"]);
  assert.ok(one.health.version > version);
  assert.equal(one.health.measured(OFFER).uptime5m, (100 * 25) / 33);
  assert.equal(other.health.measured(OFFER).uptime5m, (100 * 25) / 33);
  bed.clock.advance(30_000);
  for (const payer of ["ann", "ben", "carl"]) one.probes(payer, true);
  assert.deepEqual([one.tier(), other.tier()], ["good", "degraded"]);
  await bed.exchange();
  await bed.exchange();
  assert.deepEqual([one.tier(), other.tier()], ["good", "good"]);
});

test("a database that is away loses nothing bounded", async (t) => {
  const bed = await openHealthBed(t);
  const relay = await startDatabaseRelay(bed.url);
  t.after(() => relay.close());
  const cut = await bed.instance(relay.url);
  const other = await bed.instance();
  cut.succeeds("ann");
  await bed.exchange();
  await relay.cut();
  for (let turn = 0; turn < 3; turn += 1) {
    for (const payer of ["ben", "carl"]) cut.succeeds(`${payer}${turn}`);
    cut.fails(`dora${turn}`);
    await bed.exchange();
  }
  assert.equal(cut.health.measured(OFFER).uptime5m, 70, "it goes by what it has seen itself");
  await relay.restore();
  await bed.exchange();
  await bed.exchange();
  assert.equal(other.health.measured(OFFER).uptime5m, 70);
  assert.equal(cut.health.measured(OFFER).uptime5m, 70, "and nothing is counted twice");
});

test("reading what is known already does not undo a proof that is under way", async (t) => {
  const bed = await openHealthBed(t);
  const one = await bed.instance();
  await bed.instance();
  for (const payer of ["ann", "ben", "carl"]) one.fails(payer);
  await bed.exchange();
  bed.clock.advance(30_000);
  for (const payer of ["dora", "emil"]) assert.ok(one.probes(payer, true));
  await bed.exchange();
  assert.equal(one.tier(), "degraded");
  one.probes("fred", true);
  assert.equal(one.tier(), "good");
});

test("what is seen while the books are read is counted once, on top of what they tell", async (t) => {
  const bed = await openHealthBed(t);
  let meanwhile = (): void => undefined;
  const one = await bed.instance(bed.url, (store) => ({
    ...store,
    load: (since, nowMs, learn) =>
      store.load(since, nowMs, (health) => {
        meanwhile();
        learn(health);
      }),
  }));
  for (const payer of payersNamed("quick", 5)) one.succeeds(payer, { firstOutputMs: 10 });
  for (const payer of payersNamed("slow", 3)) one.succeeds(payer, { firstOutputMs: 3_000 });
  for (const payer of payersNamed("payer", 4)) one.fails(payer);
  meanwhile = () => {
    for (const payer of payersNamed("late", 4)) one.succeeds(payer, { firstOutputMs: 3_000 });
    meanwhile = () => undefined;
  };
  await bed.exchange();
  const seen = one.health.measured(OFFER);
  assert.equal(seen.uptime5m, 75);
  assert.ok((seen.firstOutputMs?.p50 ?? 0) > 2_000);
  await bed.exchange();
  assert.deepEqual(one.health.measured(OFFER), seen);
  const [row] = await bed.database.query("SELECT succeeded, failed FROM offer_health_slots");
  assert.deepEqual(row, { succeeded: 12, failed: 4 });
});

test("a batch whose answer got lost is brought again, and counted once", async (t) => {
  const bed = await openHealthBed(t);
  let lost = 0;
  const forgetful = await bed.instance(bed.url, (store) => ({
    ...store,
    async add(batch, health, nowMs) {
      await store.add(batch, health, nowMs);
      lost += 1;
      if (lost <= 2) throw new Error("the answer got lost");
    },
  }));
  for (const payer of ["ann", "ben"]) forgetful.succeeds(payer);
  forgetful.fails("carl");
  await bed.exchange();
  forgetful.fails("dora");
  for (let turn = 0; turn < 3; turn += 1) await bed.exchange();
  const [row] = await bed.database.query("SELECT succeeded, failed FROM offer_health_slots");
  assert.deepEqual(row, { succeeded: 2, failed: 2 });
  assert.equal(forgetful.health.measured(OFFER).uptime5m, 50);
});

test("an instance that starts while the database is away starts all the same, and learns when it is back", async (t) => {
  const bed = await openHealthBed(t);
  const relay = await startDatabaseRelay(bed.url);
  t.after(() => relay.close());
  const other = await bed.instance();
  for (const payer of payersNamed("payer", 20)) other.succeeds(payer);
  await bed.exchange();
  await relay.cut();
  const late = await bed.instance(relay.url);
  assert.equal(late.health.measured(OFFER).isNew, true);
  await relay.restore();
  await bed.exchange();
  assert.equal(late.health.measured(OFFER).isNew, false);
});

test("what waits for the database is bounded: what finds no room stays in this instance", () => {
  const changes = new HealthChanges();
  const health = createOfferHealth({ clock: manualClock(), changes });
  for (let offer = 0; offer < HEALTH_WAITING_SLOTS_MAX + 10; offer += 1) {
    health.judge({ offerId: `offer${offer}`, payerWallet: "ann", outcome: "succeeded" });
  }
  health.judge({ offerId: "offer1", payerWallet: "ben", outcome: "succeeded" });
  assert.equal(changes.waiting, HEALTH_WAITING_SLOTS_MAX);
  assert.equal(health.measured(`offer${HEALTH_WAITING_SLOTS_MAX + 9}`).uptime5m, 100);
  let slots = 0;
  let offers = 0;
  for (let piece = changes.take(); piece !== undefined; piece = changes.take()) {
    assert.ok(piece.slots.length <= 1_000 && piece.offers.length <= 1_000);
    slots += piece.slots.reduce((sum, { succeeded }) => sum + succeeded, 0);
    offers += piece.offers.length;
  }
  assert.deepEqual([slots, offers, changes.waiting], [HEALTH_WAITING_SLOTS_MAX + 1, HEALTH_WAITING_SLOTS_MAX + 10, 0]);
});
