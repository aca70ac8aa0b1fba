import assert from "node:assert/strict";
import { test } from "node:test";
import { distinctNames, keyName } from "./key-names.ts";

test("names that several keys have are told apart by the keys' ids", () => {
  const names = distinctNames([
    ["a".repeat(32), "CI"],
    ["b".repeat(32), "CI"],
    ["c".repeat(32), "Laptop"],
    ["d".repeat(32), ""],
    ["e".repeat(32), ""],
  ]);
  assert.deepEqual([...names.values()], ["CI (aaaa…aaaa)", "CI (bbbb…bbbb)", "Laptop", "", ""]);
  assert.equal(keyName(names, "d".repeat(32)), "Key dddd…dddd");
});

test("a key that is not known is called what the row calls it, or by its id", () => {
  const names = distinctNames([["a".repeat(32), "CI"]]);
  assert.equal(keyName(names, "a".repeat(32), "row"), "CI");
  assert.equal(keyName(names, "b".repeat(32), "row"), "row");
  assert.equal(keyName(undefined, "b".repeat(32), null), "Key bbbb…bbbb");
  assert.equal(keyName(undefined, ""), "A key that is gone");
});
