import assert from "node:assert/strict";
import { test } from "node:test";
import { movedCursor } from "./option-cursor.ts";

test("arrows go round", () => {
  assert.equal(movedCursor(0, "ArrowDown", 3), 1);
  assert.equal(movedCursor(2, "ArrowDown", 3), 0);
  assert.equal(movedCursor(0, "ArrowUp", 3), 2);
});

test("pages stop at the ends", () => {
  assert.equal(movedCursor(1, "PageDown", 5), 4);
  assert.equal(movedCursor(4, "PageUp", 5), 0);
});

test("other keys, and lists without options, move nowhere", () => {
  assert.equal(movedCursor(0, "a", 3), undefined);
  assert.equal(movedCursor(0, "ArrowDown", 0), undefined);
});
