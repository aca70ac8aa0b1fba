import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { waitUntil } from "./wait-until.ts";

const never = new Promise<string>(() => undefined);

/** Moves the clock by so much, again and again, and lets everybody who waits for it go on. */
async function turn(clock: ReturnType<typeof manualClock>, stepMs: number, times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(stepMs);
  }
  await new Promise((resolve) => setImmediate(resolve));
}

test("what is so within thirty seconds was worth waiting for, and no longer", async () => {
  const clock = manualClock();
  const soFrom = (ms: number) => {
    const dueMs = clock.monotonic() + ms;
    return () => Promise.resolve(clock.monotonic() >= dueMs);
  };
  const inTime = waitUntil({ clock, broken: never }, "it", soFrom(29_975));
  const late = assert.rejects(waitUntil({ clock, broken: never }, "that", soFrom(30_000)), {
    message: "waited 30000 ms in vain for that",
  });
  await turn(clock, 25, 1_200);
  await inTime;
  await late;
});

test("a program that ended ends the waiting, in its own words", async () => {
  const clock = manualClock();
  const broken = Promise.resolve("chain ended (1):\nno room");
  const waiting = assert.rejects(
    waitUntil({ clock, broken }, "it", () => Promise.resolve(false)),
    { message: "chain ended (1):\nno room" },
  );
  await turn(clock, 25, 2);
  await waiting;
});
