// Both clocks on both sides of every deadline.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout as delay, setImmediate as turn } from "node:timers/promises";
import { manualClock, sleep, systemClock, within } from "./clock.ts";

test("a manual clock moves only when told, and tells both times", () => {
  const clock = manualClock(1_000);
  assert.deepEqual([clock.now(), clock.monotonic()], [1_000, 0]);
  clock.advance(250);
  assert.deepEqual([clock.now(), clock.monotonic()], [1_250, 250]);
});

test("a timer is silent one millisecond before its deadline, fires at it, and only once", () => {
  const clock = manualClock();
  let fired = 0;
  clock.timer(100, () => fired++);
  clock.advance(99);
  assert.equal(fired, 0);
  clock.advance(1);
  assert.equal(fired, 1);
  clock.advance(1_000);
  assert.deepEqual([fired, clock.waiting], [1, 0]);
});

test("timers fire in order of their deadlines, together due ones as they were started, each at its own time", () => {
  const clock = manualClock(0);
  const fired: string[] = [];
  const start = (name: string, delayMs: number): void =>
    void clock.timer(delayMs, () => fired.push(`${name} at ${clock.now()}`));
  start("c", 30);
  start("a", 10);
  start("b1", 20);
  start("b2", 20);
  clock.advance(100);
  assert.deepEqual(fired, ["a at 10", "b1 at 20", "b2 at 20", "c at 30"]);
  assert.equal(clock.now(), 100);
});

test("a timer that another one starts fires on the same way when it falls due there", () => {
  const clock = manualClock(0);
  const fired: number[] = [];
  clock.timer(10, () => {
    fired.push(clock.now());
    clock.timer(5, () => fired.push(clock.now()));
    clock.timer(50, () => fired.push(clock.now()));
  });
  clock.advance(20);
  assert.deepEqual(fired, [10, 15]);
  assert.equal(clock.waiting, 1);
});

test("refresh starts the whole delay again from now, also after the timer fired", () => {
  const clock = manualClock(0);
  const fired: number[] = [];
  const timer = clock.timer(100, () => fired.push(clock.now()));
  clock.advance(60);
  timer.refresh();
  clock.advance(99);
  assert.deepEqual(fired, []);
  clock.advance(1);
  timer.refresh();
  clock.advance(100);
  assert.deepEqual(fired, [160, 260]);
});

test("a refreshed timer fires after those started before the refresh that fall due with it", () => {
  const clock = manualClock(0);
  const fired: string[] = [];
  const first = clock.timer(10, () => fired.push("first"));
  clock.timer(10, () => fired.push("second"));
  first.refresh();
  clock.advance(10);
  assert.deepEqual(fired, ["second", "first"]);
});

test("cancel ends a timer for good, also for a refresh after it and from another timer's turn", () => {
  const clock = manualClock();
  let fired = 0;
  const timer = clock.timer(10, () => fired++);
  timer.cancel();
  timer.refresh();
  clock.advance(100);
  assert.deepEqual([fired, clock.waiting], [0, 0]);
  const later = clock.timer(20, () => fired++);
  clock.timer(20 - 1, () => later.cancel());
  clock.advance(20);
  assert.deepEqual([fired, clock.waiting], [0, 0]);
});

test("a delay of nothing or less fires at the next advance, even by nothing", () => {
  const clock = manualClock();
  let fired = 0;
  clock.timer(0, () => fired++);
  clock.timer(-5, () => fired++);
  assert.equal(fired, 0);
  clock.advance(0);
  assert.equal(fired, 2);
});

test("sleep ends at its time and leaves no timer", async () => {
  const clock = manualClock();
  let isAwake = false;
  void sleep(clock, 50).then(() => (isAwake = true));
  clock.advance(49);
  await turn();
  assert.equal(isAwake, false);
  clock.advance(1);
  await turn();
  assert.deepEqual([isAwake, clock.waiting], [true, 0]);
});

test("sleep ends at once when its signal aborts, before or meanwhile, and leaves no timer", async () => {
  const clock = manualClock();
  const controller = new AbortController();
  let ended = 0;
  void sleep(clock, 50, controller.signal).then(() => ended++);
  await turn();
  assert.deepEqual([ended, clock.waiting], [0, 1]);
  controller.abort();
  await turn();
  assert.deepEqual([ended, clock.waiting], [1, 0]);
  void sleep(clock, 50, controller.signal).then(() => ended++);
  await turn();
  assert.deepEqual([ended, clock.waiting], [2, 0]);
});

test("the system clock tells the time of the machine", () => {
  assert(Math.abs(systemClock.now() - Date.now()) < 1_000);
  const before = systemClock.monotonic();
  assert(systemClock.monotonic() >= before);
});

/** Waits for `event` in a process that unreferenced timers do not keep alive. */
async function whileAlive(event: Promise<unknown>): Promise<void> {
  const controller = new AbortController();
  const alive = delay(10_000, undefined, { signal: controller.signal }).catch(() => undefined);
  await Promise.race([event, alive]);
  controller.abort();
}

test("a refreshed system timer fires after one that was started meanwhile, a cancelled one never", async () => {
  const fired: string[] = [];
  const ended = Promise.withResolvers<true>();
  const first = systemClock.timer(5, () => {
    fired.push("first");
    ended.resolve(true);
  });
  const cancelled = systemClock.timer(5, () => fired.push("cancelled"));
  systemClock.timer(5, () => fired.push("second"));
  cancelled.cancel();
  cancelled.refresh();
  first.refresh();
  await whileAlive(ended.promise);
  assert.deepEqual(fired, ["second", "first"]);
});

test("a system timer fires again when it is refreshed after it fired", async () => {
  const ended = Promise.withResolvers<true>();
  let fired = 0;
  const timer = systemClock.timer(1, () => (++fired === 2 ? ended.resolve(true) : timer.refresh()));
  await whileAlive(ended.promise);
  assert.equal(fired, 2);
});

test("a system timer is silent one millisecond before its deadline and fires at it", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let fired = 0;
  systemClock.timer(100, () => fired++);
  t.mock.timers.tick(99);
  assert.equal(fired, 0);
  t.mock.timers.tick(1);
  assert.equal(fired, 1);
});

test("a system timer of a key's life, longer than setTimeout can wait, does not fire at once", async () => {
  let fired = false;
  const timer = systemClock.timer(90 * 86_400_000, () => (fired = true));
  await delay(20);
  timer.refresh();
  await delay(20);
  timer.cancel();
  assert.equal(fired, false);
});

test("a system timer longer than setTimeout can wait fires at its time", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const longestMs = 2 ** 31 - 1;
  let fired = 0;
  systemClock.timer(2 * longestMs + 1_000, () => fired++);
  // The mock starts a timer that a timer starts at the end of the tick, so each tick ends where one is started.
  for (const durationMs of [longestMs, longestMs, 999]) t.mock.timers.tick(durationMs);
  assert.equal(fired, 0);
  t.mock.timers.tick(1);
  assert.equal(fired, 1);
});

describe("work within a time", () => {
  test("gives what it resolves with, and leaves no timer behind", async () => {
    const clock = manualClock();
    assert.equal(await within(clock, 10, Promise.resolve("done")), "done");
    assert.equal(clock.waiting, 0);
  });

  test("gives nothing once the time is over, not a moment before", async () => {
    const clock = manualClock();
    let given: unknown = "waiting";
    const waiting = within(clock, 10, new Promise(() => undefined)).then((result) => (given = result));
    clock.advance(9);
    await Promise.resolve();
    assert.equal(given, "waiting");
    clock.advance(1);
    await waiting;
    assert.equal(given, undefined);
  });

  test("fails as it does, and leaves no timer behind", async () => {
    const clock = manualClock();
    await assert.rejects(within(clock, 10, Promise.reject(new Error("broken"))), /broken/);
    assert.equal(clock.waiting, 0);
  });
});
