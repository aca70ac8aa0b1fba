import assert from "node:assert/strict";
import { test } from "node:test";
import { safeText } from "./safe-text.ts";

const HOSTILE = "a\u001B[2J\u0007b\u009B31m\r\nc\u202Ed\u2066e\u200Bf\u2028g\u0000";

test("a text keeps its lines and tabs, and steers nothing", () => {
  assert.equal(safeText(HOSTILE), "a[2Jb31m\ncde\u200Bf\u2028g");
  assert.equal(safeText("a\tb\r\nc\n"), "a\tb\nc\n");
});
