import assert from "node:assert/strict";
import { test } from "node:test";
import { styleFor } from "./style.ts";

test("a terminal has colours, unless NO_COLOR or a dumb terminal says otherwise", () => {
  assert.equal(styleFor(true, {}).bad("x"), "\u001B[31mx\u001B[39m");
  assert.equal(styleFor(true, { NO_COLOR: "" }).faint("x"), "\u001B[2mx\u001B[22m");
  for (const plain of [styleFor(false, {}), styleFor(true, { NO_COLOR: "0" }), styleFor(true, { TERM: "dumb" })]) {
    for (const paint of [plain.strong, plain.faint, plain.good, plain.bad, plain.doubtful])
      assert.equal(paint("x"), "x");
  }
});
