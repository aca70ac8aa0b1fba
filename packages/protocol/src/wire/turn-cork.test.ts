import assert from "node:assert/strict";
import { test } from "node:test";
import { createTurnCork } from "./turn-cork.ts";

test("all writes of one turn are held together and released once, turn after turn", () => {
  const said: string[] = [];
  const releases: (() => void)[] = [];
  const transport = { cork: () => void said.push("cork"), uncork: () => void said.push("uncork") };
  const hold = createTurnCork(transport, (release) => void releases.push(release));
  hold();
  hold();
  assert.deepEqual(said, ["cork"]);
  releases.shift()?.();
  assert.deepEqual(said, ["cork", "uncork"]);
  assert.equal(releases.length, 0);
  hold();
  releases.shift()?.();
  assert.deepEqual(said, ["cork", "uncork", "cork", "uncork"]);
});
