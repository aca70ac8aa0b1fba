// A silent router is noticed after two heartbeats and not a millisecond before.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { Heartbeat } from "./heartbeat.ts";

function watch(heartbeatMs = 15_000): {
  clock: ReturnType<typeof manualClock>;
  heartbeat: Heartbeat;
  silences: number[];
} {
  const clock = manualClock();
  const silences: number[] = [];
  const heartbeat = new Heartbeat(clock, heartbeatMs, () => silences.push(clock.monotonic()));
  return { clock, heartbeat, silences };
}

describe("heartbeat", () => {
  test("silence is told after two heartbeats without a ping", () => {
    const { clock, silences } = watch();
    clock.advance(29_999);
    assert.deepEqual(silences, []);
    clock.advance(1);
    assert.deepEqual(silences, [30_000]);
  });

  test("a ping counts from its arrival", () => {
    const { clock, heartbeat, silences } = watch();
    clock.advance(29_999);
    heartbeat.ping();
    clock.advance(29_999);
    assert.deepEqual(silences, []);
    clock.advance(1);
    assert.deepEqual(silences, [59_999]);
  });

  test("other messages keep a link alive for another two heartbeats", () => {
    const { clock, heartbeat, silences } = watch();
    clock.advance(10_000);
    heartbeat.heard();
    clock.advance(49_999);
    assert.deepEqual(silences, []);
    clock.advance(1);
    assert.deepEqual(silences, [60_000]);
  });

  test("an absurdly short heartbeat is held to a second", () => {
    const { clock, silences } = watch(0);
    clock.advance(1_999);
    assert.deepEqual(silences, []);
    clock.advance(1);
    assert.deepEqual(silences, [2_000]);
  });

  test("a stopped watch is over", () => {
    const { clock, heartbeat, silences } = watch();
    heartbeat.stop();
    clock.advance(100_000);
    assert.deepEqual(silences, []);
    assert.equal(clock.waiting, 0);
  });
});
