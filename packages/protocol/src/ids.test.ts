// Ids have the layout and the order they promise.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "./clock.ts";
import {
  attemptIdOf,
  firstUuidAt,
  generationId,
  readAttemptId,
  readGenerationId,
  requestUuid,
  uuidTimeMs,
  uuidV7,
} from "./ids.ts";
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

test("a request's uuid is a UUIDv7 whose last two bits are zero, and a generation's id is gen- and it", () => {
  const clock = manualClock(0x017f22e279b0);
  assert.equal(requestUuid(clock, ones), "017f22e2-79b0-7fff-bfff-fffffffffffc");
  assert.equal(requestUuid(clock, zeros), "017f22e2-79b0-7000-8000-000000000000");
  assert.equal(generationId(requestUuid(clock, zeros)), "gen-017f22e2-79b0-7000-8000-000000000000");
});

test("an attempt's id is its request's uuid as 32 hexadecimal digits, with its index in the last two bits", () => {
  const uuid = "017f22e2-79b0-7fff-bfff-fffffffffff8";
  const ids = [0, 1, 2, 3].map((index) => attemptIdOf(uuid, index));
  const common = "017f22e279b07fffbffffffffffffff";
  assert.deepEqual(ids, [`${common}8`, `${common}9`, `${common}a`, `${common}b`]);
});

test("an attempt's id is read back as its request and its index, whatever the random bits", () => {
  const clock = manualClock(0x017f22e279b0);
  const random = seededRandom(4);
  for (let round = 0; round < 1_000; round += 1) {
    const uuid = requestUuid(clock, random);
    for (const index of [0, 1, 2, 3]) {
      assert.deepEqual(readAttemptId(attemptIdOf(uuid, index)), { requestUuid: uuid, index });
    }
  }
});

test("a request has no fifth attempt, and a uuid whose last bits are taken has none at all", () => {
  const uuid = requestUuid(manualClock(), ones);
  for (const index of [-1, 4, 0.5, Number.NaN]) assert.throws(() => attemptIdOf(uuid, index), /one of four/);
  for (const taken of ["1", "2", "3", "7", "d"]) {
    assert.throws(() => attemptIdOf(uuid.slice(0, -1) + taken, 0), /one of four/);
  }
});

test("an id that no router made is read as nothing", () => {
  const made = attemptIdOf(requestUuid(manualClock(), zeros), 1);
  assert.notEqual(readAttemptId(made), undefined);
  for (const other of ["", made.slice(1), `${made}0`, "f".repeat(32), `${made}\n`]) {
    assert.equal(readAttemptId(other), undefined, other);
  }
  assert.equal(readAttemptId(`${made.slice(0, 16)}c${made.slice(17)}`), undefined, "another variant");
  assert.equal(readAttemptId(`A${attemptIdOf(requestUuid(manualClock(), ones), 1).slice(1)}`), undefined, "upper case");
});

describe("the time in a UUID", () => {
  test("is the moment it was made, and ids of one moment are not below the first of it", () => {
    const clock = manualClock();
    const uuid = uuidV7(clock, seededRandom(1));
    assert.equal(uuidTimeMs(uuid), clock.now());
    assert.ok(uuid >= firstUuidAt(clock.now()));
    assert.ok(uuid < firstUuidAt(clock.now() + 1));
  });

  test("is held to what a UUID can say", () => {
    assert.equal(firstUuidAt(-1), firstUuidAt(0));
    assert.equal(firstUuidAt(1.9), firstUuidAt(1));
    assert.equal(uuidTimeMs(firstUuidAt(2 ** 53)), 2 ** 48 - 1);
  });
});

test("a generation's id tells its uuid, and any other text none", () => {
  const uuid = requestUuid(manualClock(), seededRandom(1));
  assert.equal(readGenerationId(generationId(uuid)), uuid);
  for (const text of ["", uuid, `gen-${uuid} `, `gen-${uuid.toUpperCase()}x`, "gen-1"]) {
    assert.equal(readGenerationId(text), undefined);
  }
});
