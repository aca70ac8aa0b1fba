// A program under npm ends with it; one that npm did not start never looks.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "./clock.ts";
import { watchParent } from "./parent-watch.ts";

test("a program that npm started is told once when its parent has gone", () => {
  const clock = manualClock();
  let parent = 40;
  let told = 0;
  watchParent(clock, { environment: { npm_lifecycle_event: "start" }, parentId: () => parent }, () => (told += 1));
  clock.advance(60_000);
  assert.equal(told, 0);
  parent = 1;
  clock.advance(250);
  assert.equal(told, 1);
  clock.advance(60_000);
  assert.deepEqual([told, clock.waiting], [1, 0]);
});

test("a program that npm did not start does not look for its parent", () => {
  const clock = manualClock();
  watchParent(clock, { environment: {}, parentId: () => assert.fail("looked") }, () => assert.fail("told"));
  assert.equal(clock.waiting, 0);
});
