import assert from "node:assert/strict";
import { test } from "node:test";
import { safeLine } from "./safe-line.ts";

const HOSTILE = "a\u001B[2J\u0007b\u009B31m\r\nc\u202Ed\u2066e\u200Bf\u2028g\u0000";

test("a line of somebody else is one line that steers nothing", () => {
  assert.equal(safeLine(HOSTILE), "a [2J b 31m c d e f g");
  assert.equal(safeLine("  a \t\n b  "), "a b");
});

test("a line is cut where it is too long, and not within a character", () => {
  assert.equal(safeLine("abcdef", 6), "abcdef");
  assert.equal(safeLine("abcdefg", 6), "abcde…");
  assert.equal(safeLine("abcd\u{1F600}xyz", 6), "abcd…");
  assert.equal(safeLine("x".repeat(600)).length, 500);
});
