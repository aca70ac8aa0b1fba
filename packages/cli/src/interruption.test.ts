import assert from "node:assert/strict";
import { test } from "node:test";
import { createInterruption } from "./interruption.ts";

test("Ctrl-C ends the command, and the second does not wait for it", () => {
  let left = 0;
  const source = createInterruption(() => (left += 1));
  assert.equal(source.signal.aborted, false);
  source.interrupt();
  assert.equal(source.signal.aborted, true);
  assert.equal(left, 0);
  source.interrupt();
  assert.equal(left, 1);
});

test("whoever took Ctrl-C over last gets it, until they let it go", () => {
  const source = createInterruption(() => assert.fail("nothing is left"));
  const heard: string[] = [];
  const hear = (name: string) => () => void heard.push(name);
  const releaseOuter = source.takeOver(hear("outer"));
  const releaseInner = source.takeOver(hear("inner"));
  source.interrupt();
  releaseInner();
  releaseInner(); // a second time it takes nobody else's place away
  source.interrupt();
  releaseOuter();
  assert.deepEqual(heard, ["inner", "outer"]);
  assert.equal(source.signal.aborted, false);
  source.interrupt();
  assert.equal(source.signal.aborted, true);
});
