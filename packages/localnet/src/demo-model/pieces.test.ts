import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { countPieces, cutIntoPieces } from "./pieces.ts";

test("the pieces of a text, joined, are the text, and there are as many as are counted", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const pieces = cutIntoPieces(text, Infinity);
      assert.equal(pieces.join(""), text);
      assert.equal(countPieces(text), pieces.length);
      assert.ok(pieces.every((piece) => piece !== ""));
    }),
  );
});

test("a piece is a word of up to six letters with its space, or one other character", () => {
  assert.deepEqual(cutIntoPieces("Hello, wide network!", Infinity), ["Hello", ",", " wide", " networ", "k", "!"]);
  assert.deepEqual(cutIntoPieces("naïve  日本語", Infinity), ["naïve", " ", " 日本語"]);
});

test("no more pieces are cut than asked for", () => {
  assert.deepEqual(cutIntoPieces("a b c d", 2), ["a", " b"]);
  assert.deepEqual(cutIntoPieces("a b", 0), []);
});
