// Each deadline on both of its sides, alone and standing still.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { Deadlines } from "./deadlines.ts";

const LIMITS = { connectMs: 1_000, firstByteMs: 5_000, idleMs: 2_000, totalMs: 20_000 };

function watch(): { clock: ManualClock; deadlines: Deadlines; expired: string[] } {
  const clock = manualClock();
  const expired: string[] = [];
  const deadlines = new Deadlines(clock, LIMITS, (phase, limitMs) => expired.push(`${phase} ${limitMs}`));
  return { clock, deadlines, expired };
}

describe("deadlines", () => {
  for (const [phase, limitMs] of [
    ["connect", 1_000],
    ["first_byte", 5_000],
    ["idle", 2_000],
  ] as const) {
    test(`${phase} expires at its limit and not a millisecond before`, () => {
      const { clock, deadlines, expired } = watch();
      clock.advance(300);
      deadlines.enter(phase);
      clock.advance(limitMs - 1);
      assert.deepEqual(expired, []);
      clock.advance(1);
      assert.deepEqual(expired, [`${phase} ${limitMs}`]);
      assert.equal(clock.waiting, 0);
    });
  }

  test("total expires at its limit although every phase keeps its own", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("idle");
    for (let passedMs = 0; passedMs < 19_000; passedMs += 1_000) {
      clock.advance(1_000);
      deadlines.touch();
    }
    clock.advance(999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ["total 20000"]);
  });

  test("a phase that ended in time does not expire in the next one", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("connect");
    clock.advance(999);
    deadlines.enter("first_byte");
    clock.advance(4_999);
    assert.deepEqual(expired, []);
    deadlines.enter("idle");
    clock.advance(1_999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ["idle 2000"]);
  });

  test("idle counts from the last touch", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("idle");
    clock.advance(1_999);
    deadlines.touch();
    clock.advance(1_999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ["idle 2000"]);
  });

  test("paused deadlines stand still and go on with what was left", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("idle");
    clock.advance(1_500);
    deadlines.pause();
    clock.advance(100_000);
    assert.deepEqual(expired, []);
    assert.equal(clock.waiting, 0);
    deadlines.resume();
    clock.advance(499);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ["idle 2000"]);
  });

  test("total stands still too, also when something arrives meanwhile", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("idle");
    deadlines.pause();
    clock.advance(50_000);
    deadlines.touch();
    clock.advance(50_000);
    deadlines.resume();
    for (let passedMs = 0; passedMs < 19_000; passedMs += 1_000) {
      clock.advance(1_000);
      deadlines.touch();
    }
    clock.advance(999);
    assert.deepEqual(expired, []);
    clock.advance(1);
    assert.deepEqual(expired, ["total 20000"]);
  });

  test("an attempt without time asks for no timer in the past", () => {
    const clock = manualClock();
    const delaysMs: number[] = [];
    let nowMs = 0;
    const running = {
      ...clock,
      monotonic: () => (nowMs += 1), // time passes between two readings
      timer(delayMs: number, fire: () => void) {
        delaysMs.push(delayMs);
        return clock.timer(delayMs, fire);
      },
    };
    new Deadlines(running, { ...LIMITS, totalMs: 0 }, () => undefined).end();
    assert.deepEqual(delaysMs, [0]);
  });

  test("time is left until the last millisecond; after it total expires once, without its timer", () => {
    const { clock, deadlines, expired } = watch();
    clock.advance(19_999);
    assert.equal(deadlines.hasTimeLeft(), true);
    const late = new Deadlines(clock, { ...LIMITS, totalMs: 0 }, (phase, limitMs) =>
      expired.push(`${phase} ${limitMs}`),
    );
    assert.deepEqual(expired, []);
    assert.equal(late.hasTimeLeft(), false);
    assert.equal(late.hasTimeLeft(), false);
    assert.deepEqual(expired, ["total 0"]);
    deadlines.end();
    assert.equal(clock.waiting, 0);
  });

  test("an ended attempt leaves no timer", () => {
    const { clock, deadlines, expired } = watch();
    deadlines.enter("connect");
    deadlines.end();
    deadlines.enter("idle");
    deadlines.pause();
    deadlines.resume();
    clock.advance(100_000);
    assert.deepEqual(expired, []);
    assert.equal(clock.waiting, 0);
  });
});
