import assert from "node:assert/strict";
import { test } from "node:test";
import { ownText } from "./own-text.ts";

test("a part of a text is the same as its slice, however short it is", () => {
  const text = "äb😀c";
  for (let start = 0; start <= text.length; start += 1) {
    for (let end = start; end <= text.length; end += 1) assert.equal(ownText(text, start, end), text.slice(start, end));
    assert.equal(ownText(text, start), text.slice(start));
  }
});
