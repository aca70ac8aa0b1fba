// When an offer counts as out, and for how long.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { createOfferHealth } from "./health.ts";

const OUTAGE_MS = 30_000;

test("an offer is healthy until its third failure in a row", () => {
  const health = createOfferHealth(manualClock());
  assert.equal(health.isHealthy("a"), true);
  health.failed("a");
  health.failed("a");
  assert.equal(health.isHealthy("a"), true);
  health.failed("a");
  assert.equal(health.isHealthy("a"), false);
  assert.equal(health.isHealthy("b"), true, "another offer is judged by itself");
});

test("a success between failures starts the count again", () => {
  const health = createOfferHealth(manualClock());
  health.failed("a");
  health.failed("a");
  health.succeeded("a");
  health.failed("a");
  health.failed("a");
  assert.equal(health.isHealthy("a"), true);
});

test("an outage lasts thirty seconds and not a moment longer", () => {
  const clock = manualClock();
  const health = createOfferHealth(clock);
  for (let failure = 0; failure < 3; failure += 1) health.failed("a");
  clock.advance(OUTAGE_MS - 1);
  assert.equal(health.isHealthy("a"), false);
  clock.advance(1);
  assert.equal(health.isHealthy("a"), true);
});

test("a further failure after an outage is an outage again, a success ends it for good", () => {
  const clock = manualClock();
  const health = createOfferHealth(clock);
  for (let failure = 0; failure < 3; failure += 1) health.failed("a");
  clock.advance(OUTAGE_MS);
  health.failed("a");
  assert.equal(health.isHealthy("a"), false);
  clock.advance(OUTAGE_MS - 1);
  assert.equal(health.isHealthy("a"), false);
  clock.advance(1);
  health.succeeded("a");
  health.failed("a");
  assert.equal(health.isHealthy("a"), true);
});

test("a success in the middle of an outage, of a request that ran already, ends it", () => {
  const health = createOfferHealth(manualClock());
  for (let failure = 0; failure < 3; failure += 1) health.failed("a");
  health.succeeded("a");
  assert.equal(health.isHealthy("a"), true);
});
