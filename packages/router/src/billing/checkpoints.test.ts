// Checkpoints of running streams: one that fails takes nothing down with it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { manualClock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { createLog } from "../log.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { CHECKPOINT_MS } from "./limits.ts";

for (const [name, failure] of [
  ["the database is away", new AimoError("ledger_unavailable", {})],
  ["the database refuses a number", new Error("out of range")],
] as const) {
  test(`where ${name}, the router goes on, and the next checkpoint is written`, async () => {
    const clock = manualClock(0);
    const written: number[] = [];
    const failures: Error[] = [failure];
    const ledger = {
      checkpoint: (points: readonly { deliveredBytes: number }[]) => {
        written.push(...points.map(({ deliveredBytes }) => deliveredBytes));
        const failed = failures.pop();
        return failed === undefined ? Promise.resolve() : Promise.reject(failed);
      },
    };
    const checkpoints = createCheckpoints(clock, createLog("silent"), ledger);
    const running = { id: "one", delivered: { bytes: 1 }, checkpointBytes: 0 };
    checkpoints.begin(running);
    clock.advance(CHECKPOINT_MS);
    await setImmediate(); // an unhandled rejection would end this process here, as it would the router's
    running.delivered.bytes = 2;
    clock.advance(CHECKPOINT_MS);
    await setImmediate();
    assert.deepEqual(written, [1, 2]);
    await checkpoints.close();
  });
}
