import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { createFramePace } from "./frame-pace.ts";

function bench() {
  const clock = manualClock();
  const steps: (() => void)[] = [];
  const wish = createFramePace(clock, (step) => void steps.push(step));
  /** The next frame comes after so many milliseconds. */
  const frame = (ms: number): void => {
    clock.advance(ms);
    for (const step of steps.splice(0)) step();
  };
  return { wish, frame, waiting: () => steps.length };
}

test("what is drawn quickly is drawn each frame, and of several wishes the last", () => {
  const { wish, frame } = bench();
  const drawn: string[] = [];
  for (const name of ["a", "b", "c"]) {
    wish(() => drawn.push(`${name} first`));
    wish(() => drawn.push(name));
    frame(16);
  }
  assert.deepEqual(drawn, ["a", "b", "c"]);
});

test("what takes long is drawn again only after a rest as long", () => {
  const { wish, frame } = bench();
  let drawn = 0;
  const draw = (): void => void (drawn += 1);
  wish(draw);
  frame(16);
  wish(draw);
  frame(200); // it took that long until the next frame came
  assert.equal(drawn, 1);
  frame(150);
  assert.equal(drawn, 1);
  frame(50);
  assert.equal(drawn, 2);
});

test("a page at rest asks for no frames", () => {
  const { wish, frame, waiting } = bench();
  wish(() => undefined);
  frame(16);
  frame(16);
  assert.equal(waiting(), 0);
});
