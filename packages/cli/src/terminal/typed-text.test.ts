// What was typed is repeated, but no key.
import assert from "node:assert/strict";
import { test } from "node:test";
import { typedText } from "./typed-text.ts";

test("what was typed is repeated as far as it is no key, steers nothing, and its spaces are told", () => {
  for (const [typed, shown] of [
    ["1,5", "1,5"],
    [" 5 ", "5 with spaces around it"],
    ["", "nothing"],
    [" ", "nothing"],
    ["5\u001B[2J\u202E6", "5 [2J 6"],
    ["1".repeat(44), "1".repeat(44)],
    ["1".repeat(45), "a text of 45 characters"],
    [`aimo-sk-v2-${"4".repeat(177)}`, "a text of 188 characters"],
  ] as const) {
    assert.equal(typedText(typed), shown);
  }
});
