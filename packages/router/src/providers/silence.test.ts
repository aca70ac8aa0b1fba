import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { Silence } from "./silence.ts";

test("a silence is told of once, on the millisecond at which nothing has happened for so long", () => {
  const clock = manualClock();
  let told = 0;
  const silence = new Silence(clock, 100, () => (told += 1));
  clock.advance(60);
  silence.break();
  clock.advance(30);
  silence.break();
  clock.advance(99);
  assert.equal(told, 0);
  clock.advance(1);
  assert.deepEqual([told, clock.waiting], [1, 0]);
  silence.break();
  clock.advance(1_000);
  assert.equal(told, 1);
});

test("a silence that nobody waits for any more leaves no timer", () => {
  const clock = manualClock();
  const silence = new Silence(clock, 100, assert.fail);
  clock.advance(50);
  silence.break();
  clock.advance(60); // it has been looked at
  assert.equal(clock.waiting, 1);
  silence.cancel();
  assert.equal(clock.waiting, 0);
  silence.break();
  clock.advance(1_000);
});
