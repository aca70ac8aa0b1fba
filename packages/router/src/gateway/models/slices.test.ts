// Long work pauses after so much of it, and knows how long it took without its pauses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { LIST_SLICE_MS } from "./limits.ts";
import { Slices } from "./slices.ts";

test("a slice is over after so many milliseconds, and pauses do not count as work", async () => {
  const clock = manualClock();
  const slices = new Slices(clock);
  clock.advance(LIST_SLICE_MS - 1);
  assert.equal(slices.isOver(), false);
  clock.advance(1);
  assert.equal(slices.isOver(), true);
  const pause = slices.pause();
  clock.advance(1_000);
  await pause;
  assert.equal(slices.isOver(), false);
  assert.equal(slices.busyMs(), LIST_SLICE_MS);
  clock.advance(3);
  assert.equal(slices.busyMs(), LIST_SLICE_MS + 3);
});

test("others have their turn in a pause", async () => {
  const slices = new Slices(manualClock());
  let hadTurn = false;
  setImmediate(() => (hadTurn = true));
  await slices.pause();
  assert.equal(hadTurn, true);
});
