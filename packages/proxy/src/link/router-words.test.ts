// A router that repeats the key it was sent does not get it into this machine's log.
import assert from "node:assert/strict";
import { test } from "node:test";
import { routerWords } from "./router-words.ts";

test("keys are taken out of a router's words, whole or cut, and long words are cut", () => {
  const key = "aimo-sk-v2-3Kd8abcdefghijklmnopqrstuvwxyz";
  assert.equal(routerWords(`The key "${key}" is revoked, ${key}`), 'The key "[a key]" is revoked, [a key]');
  assert.equal(routerWords(`${"x".repeat(290)} ${key}`).includes("3Kd8"), false);
  assert.equal(routerWords("y".repeat(1_000)).length, 300);
  assert.equal(routerWords(undefined), undefined);
});
