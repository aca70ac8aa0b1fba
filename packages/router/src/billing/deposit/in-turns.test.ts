import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { test } from "node:test";
import { inTurns } from "./in-turns.ts";

/** Jobs that say when they begin, and end when they are told. */
function gates(count: number) {
  const began: number[] = [];
  const ends = Array.from({ length: count }, () => Promise.withResolvers<void>());
  const jobs = ends.map(({ promise }, place) => () => {
    began.push(place);
    return promise;
  });
  return { began, ends, jobs };
}

test("so many jobs run at the same time, each begun in its order when another has ended", async () => {
  const { began, ends, jobs } = gates(5);
  const all = inTurns(jobs, 2);
  await setImmediate();
  assert.deepEqual(began, [0, 1]);
  ends[1]!.resolve();
  await setImmediate();
  assert.deepEqual(began, [0, 1, 2]);
  for (const { resolve } of ends) resolve();
  await all;
  assert.deepEqual(began, [0, 1, 2, 3, 4]);
});

test("after a failure nothing more is begun, and it is told when those under way have ended", async () => {
  const { began, ends, jobs } = gates(5);
  let outcome = "";
  const all = inTurns(jobs, 2).catch((error: unknown) => void (outcome = String(error)));
  ends[0]!.reject(new Error("first"));
  await setImmediate();
  assert.deepEqual([began, outcome], [[0, 1], ""]);
  ends[1]!.reject(new Error("second"));
  await all;
  assert.deepEqual([began, outcome], [[0, 1], "Error: first"]);
});

test("no jobs are done at once", async () => {
  await inTurns([], 4);
});
