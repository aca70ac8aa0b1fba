import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { describe, test } from "node:test";
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import { endAtSignal } from "./end-at-signal.ts";
import { createLog } from "./log.ts";

interface Bed {
  readonly clock: ManualClock;
  readonly process: EventEmitter & { ppid: number };
  readonly closed: number;
  readonly exits: readonly number[];
  finish(): Promise<void>;
}

function startEnding(env: NodeJS.ProcessEnv): Bed {
  const clock = manualClock();
  const exits: number[] = [];
  const process = Object.assign(new EventEmitter(), { env, ppid: 7, exit: (code: number) => void exits.push(code) });
  const closing = Promise.withResolvers<undefined>();
  const bed = { clock, process, closed: 0, exits };
  endAtSignal(clock, process, {
    log: createLog("silent"),
    words: "ends",
    close: async () => {
      bed.closed += 1;
      await closing.promise;
    },
  });
  return Object.assign(bed, {
    async finish() {
      closing.resolve(undefined);
      await new Promise(setImmediate);
    },
  });
}

describe("the end of a program", () => {
  test("waits for what runs, and is 0", async () => {
    const bed = startEnding({});
    bed.process.emit("SIGTERM");
    assert.deepEqual([bed.closed, bed.exits], [1, []]);
    await bed.finish();
    assert.deepEqual([bed.closed, bed.exits], [1, [0]]);
  });

  test("is 1 at once at a second signal, whichever it is", () => {
    const bed = startEnding({});
    bed.process.emit("SIGINT");
    bed.process.emit("SIGTERM");
    assert.deepEqual([bed.closed, bed.exits], [1, [1]]);
  });

  test("comes with the npm that started it, once where a signal ended both", async () => {
    const alone = startEnding({ npm_lifecycle_event: "npx" });
    alone.process.ppid = 1;
    alone.clock.advance(1_000);
    assert.equal(alone.closed, 1);
    const both = startEnding({ npm_lifecycle_event: "npx" });
    both.process.emit("SIGTERM");
    both.process.ppid = 1;
    both.clock.advance(1_000);
    assert.deepEqual([both.closed, both.exits], [1, []]);
    await both.finish();
    assert.deepEqual(both.exits, [0]);
  });
});
