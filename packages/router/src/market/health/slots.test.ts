// Counts by five minutes: what falls into which, and what is forgotten when the day goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SlotRing, slotOf, SLOTS_PER_DAY, Uptime } from "./slots.ts";

test("a slot is five minutes, begun by its first millisecond", () => {
  assert.deepEqual([slotOf(299_999), slotOf(300_000), slotOf(599_999), slotOf(600_000)], [0, 1, 1, 2]);
});

test("a ring forgets what is older than it is long, and nothing else", () => {
  const ring = new SlotRing(3, 2);
  for (const slot of [10, 11, 12]) ring.add(slot, 1);
  assert.deepEqual([ring.sum(1, 12, 3), ring.sum(0, 12, 3), ring.sum(1, 11, 1)], [3, 0, 1]);
  ring.add(13, 0);
  assert.deepEqual([ring.sum(1, 13, 3), ring.sum(0, 13, 3)], [2, 1]);
  ring.add(10, 1); // too old by now
  assert.equal(ring.sum(1, 13, 3), 2);
  ring.add(11, 1); // late, and not too late
  assert.equal(ring.sum(1, 13, 3), 3);
  ring.add(1_000, 1);
  assert.deepEqual([ring.sum(1, 1_000, 3), ring.sum(1, 1_002, 3), ring.sum(1, 1_003, 3)], [1, 1, 0]);
});

test("a count that is learnt takes the place of what was there, and no count overflows", () => {
  const uptime = new Uptime();
  for (let attempt = 0; attempt < 10; attempt += 1) uptime.add(5, true);
  uptime.set(5, 3, 1);
  assert.equal(uptime.percent(5, 1), 75);
  uptime.set(5, 70_000, 0);
  uptime.add(5, false);
  assert.equal(uptime.percent(5, 1), 100);
});

test("a day is 288 slots", () => {
  const uptime = new Uptime();
  uptime.add(1_000, true);
  uptime.add(1_000 + SLOTS_PER_DAY - 1, false);
  assert.equal(uptime.percent(1_000 + SLOTS_PER_DAY - 1, SLOTS_PER_DAY), 50);
  assert.equal(uptime.percent(1_000 + SLOTS_PER_DAY, SLOTS_PER_DAY), 100);
});
