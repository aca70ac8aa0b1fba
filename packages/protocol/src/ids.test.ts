// Ids have the layout and the order they promise.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "./clock.ts";
import { attemptId, generationId, uuidV7 } from "./ids.ts";
import { seededRandom } from "./random.ts";
import type { Random } from "./random.ts";

const zeros: Random = { bytes: (count) => new Uint8Array(count), fraction: () => 0 };
const ones: Random = { bytes: (count) => new Uint8Array(count).fill(0xff), fraction: () => 0 };

test("a UUIDv7 is 48 bits of time, version 7, variant 10, and random bits everywhere else", () => {
  // RFC 9562's example time in appendix A.6: 2022-02-22T19:22:22.000Z is 0x017F22E279B0.
  const clock = manualClock(0x017f22e279b0);
  assert.equal(uuidV7(clock, zeros), "017f22e2-79b0-7000-8000-000000000000");
  assert.equal(uuidV7(clock, ones), "017f22e2-79b0-7fff-bfff-ffffffffffff");
  assert.equal(uuidV7(manualClock(2 ** 48 - 1), zeros), "ffffffff-ffff-7000-8000-000000000000");
});

test("UUIDs of later milliseconds sort later, whatever their random bits", () => {
  const clock = manualClock(65_530);
  const ids: string[] = [];
  for (let step = 0; step < 20; step++) {
    ids.push(uuidV7(clock, step % 2 === 0 ? ones : zeros));
    clock.advance(1);
  }
  assert.deepEqual(ids.toSorted(), ids);
});

test("UUIDs of one millisecond differ", () => {
  const clock = manualClock();
  const random = seededRandom(1);
  assert.equal(new Set(Array.from({ length: 1_000 }, () => uuidV7(clock, random))).size, 1_000);
});

test("a UUID is right over random bytes that lie inside a larger buffer", () => {
  const inside: Random = { bytes: (count) => new Uint8Array(64).subarray(24, 24 + count), fraction: () => 0 };
  assert.equal(uuidV7(manualClock(0x017f22e279b0), inside), "017f22e2-79b0-7000-8000-000000000000");
});

test("a generation's id is gen- and a UUIDv7, an attempt's 32 hexadecimal digits", () => {
  const clock = manualClock(0x017f22e279b0);
  assert.equal(generationId(clock, zeros), "gen-017f22e2-79b0-7000-8000-000000000000");
  assert.equal(attemptId(ones), "f".repeat(32));
  assert.match(attemptId(seededRandom(3)), /^[0-9a-f]{32}$/);
});
