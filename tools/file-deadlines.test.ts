import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestEvent } from "node:test/reporters";
import { manualClock } from "../packages/protocol/src/clock.ts";
import { createFileDeadlines } from "./file-deadlines.ts";

const FILE = "/project/a.test.ts";

function fileEvent(type: "test:dequeue" | "test:complete", name: string): TestEvent {
  const event: unknown = { type, data: { name, file: FILE } };
  return event as TestEvent;
}

test("a file is overdue at its limit and not a millisecond earlier", () => {
  const clock = manualClock();
  const overdue: string[] = [];
  const deadlines = createFileDeadlines(clock, 1_000, (file) => overdue.push(file));
  deadlines.observe(fileEvent("test:dequeue", FILE));
  clock.advance(999);
  assert.deepEqual(overdue, []);
  clock.advance(1);
  assert.deepEqual(overdue, [FILE]);
});

test("a file that ended is never overdue, and one of its tests ending does not end the file", () => {
  const clock = manualClock();
  const overdue: string[] = [];
  const deadlines = createFileDeadlines(clock, 1_000, (file) => overdue.push(file));
  deadlines.observe(fileEvent("test:dequeue", FILE));
  deadlines.observe(fileEvent("test:complete", "a test inside"));
  assert.equal(clock.waiting, 1);
  deadlines.observe(fileEvent("test:complete", FILE));
  clock.advance(10_000);
  assert.deepEqual(overdue, []);
});
