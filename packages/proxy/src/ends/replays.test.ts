// Replays: a few at a time, again when the router stays silent, and never one that it has.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { REPLAYS_AT_ONCE_MAX } from "@aimo-network/protocol/limits";
import { REPLAY_AGAIN_MS } from "../limits.ts";
import { createLog } from "../log.ts";
import { createEnd } from "../serving/end.ts";
import { Ends } from "./ends.ts";
import { Replays } from "./replays.ts";

const idOf = (number: number): string => number.toString(16).padStart(32, "0");

interface Bench {
  readonly clock: ManualClock;
  readonly ends: Ends;
  readonly replays: Replays;
  /** The numbers of the Ends sent since the last look. */
  sent(): number[];
  /** As the router does that has recorded it. */
  acknowledge(number: number): void;
}

/** Replays of a connection to a router that has not acknowledged the Ends 1 to `count`. */
function bench(count: number): Bench {
  const clock = manualClock();
  const ends = new Ends(clock, createLog({ write: () => undefined }), undefined);
  const keep = (routerId: string, number: number): void =>
    ends.keep(
      routerId,
      createEnd({
        attemptId: idOf(number),
        reader: undefined,
        calledAtMs: 0,
        firstByteAtMs: 5,
        endedAtMs: 10,
        cancelled: false,
      }),
    );
  keep("other", 1_000_000);
  for (let number = 1; number <= count; number += 1) keep("router", number);
  let sent: number[] = [];
  const replays = new Replays(clock, ends, "router", ({ attempt_id: id }) => void sent.push(Number.parseInt(id, 16)));
  return {
    clock,
    ends,
    replays,
    sent() {
      const numbers = sent;
      sent = [];
      return numbers;
    },
    acknowledge(number) {
      ends.forget(idOf(number));
      replays.acknowledged(idOf(number));
    },
  };
}

const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

describe("replays", () => {
  test("begin with the oldest Ends of this router, as many as it looks up at once", () => {
    const { sent, ends } = bench(REPLAYS_AT_ONCE_MAX + 5);
    assert.deepEqual(sent(), range(1, REPLAYS_AT_ONCE_MAX));
    assert.equal(ends.size, REPLAYS_AT_ONCE_MAX + 6, "they are kept until they are acknowledged");
  });

  test("go on one by one as they are acknowledged, in any order, to the last", () => {
    const { clock, sent, ends, acknowledge } = bench(REPLAYS_AT_ONCE_MAX + 2);
    sent();
    acknowledge(7);
    acknowledge(3);
    acknowledge(9);
    assert.deepEqual(sent(), range(REPLAYS_AT_ONCE_MAX + 1, REPLAYS_AT_ONCE_MAX + 2));
    for (const number of range(1, REPLAYS_AT_ONCE_MAX + 2)) acknowledge(number);
    assert.deepEqual([sent(), ends.size, clock.waiting], [[], 1, 0]);
  });

  test("are sent again when the router has answered none for a while, not before, after those that wait", () => {
    const { clock, sent, acknowledge } = bench(REPLAYS_AT_ONCE_MAX + 2);
    sent();
    clock.advance(REPLAY_AGAIN_MS - 1);
    acknowledge(1);
    assert.deepEqual(sent(), [REPLAYS_AT_ONCE_MAX + 1]);
    clock.advance(REPLAY_AGAIN_MS - 1);
    assert.deepEqual(sent(), []);
    clock.advance(1);
    assert.deepEqual(sent(), [REPLAYS_AT_ONCE_MAX + 2, ...range(2, REPLAYS_AT_ONCE_MAX)]);
    clock.advance(REPLAY_AGAIN_MS);
    assert.equal(sent()[0], REPLAYS_AT_ONCE_MAX + 1);
  });

  test("leave out what has been acknowledged elsewhere meanwhile", () => {
    const { clock, ends, sent } = bench(3);
    sent();
    ends.forget(idOf(2));
    clock.advance(REPLAY_AGAIN_MS);
    assert.deepEqual(sent(), [1, 3]);
  });

  test("take no notice of other acknowledgements, nor of Ends that are kept later", () => {
    const { clock, ends, sent, acknowledge } = bench(1);
    sent();
    ends.keep("router", { ...ends.waiting("router")[0]!, attempt_id: idOf(50) });
    acknowledge(60);
    clock.advance(REPLAY_AGAIN_MS);
    assert.deepEqual(sent(), [1]);
  });

  test("end with their connection, and leave nothing behind", () => {
    const { clock, ends, replays, sent, acknowledge } = bench(REPLAYS_AT_ONCE_MAX + 1);
    sent();
    replays.stop();
    assert.equal(clock.waiting, 0);
    acknowledge(1);
    assert.deepEqual([sent(), ends.size], [[], REPLAYS_AT_ONCE_MAX + 1]);
  });

  test("of nothing leave no timer", () => assert.equal(bench(0).clock.waiting, 0));
});
