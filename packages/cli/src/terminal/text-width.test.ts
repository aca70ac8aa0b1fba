import assert from "node:assert/strict";
import { test } from "node:test";
import { cut, textWidth } from "./text-width.ts";

test("ideographs and pictures take two columns, accents none", () => {
  const widths = {
    "": 0,
    plain: 5,
    naïve: 5,
    "nai\u0308ve": 5,
    模型: 4,
    모델: 4,
    ａ: 2,
    "🙂": 2,
    "👩‍👩‍👧": 2,
    "🇩🇪": 2,
    "☀️": 2,
    "✓ … ·": 5,
  };
  for (const [text, width] of Object.entries(widths)) assert.equal(textWidth(text), width, text);
});

test("a text is cut to the columns there are, never within a character", () => {
  assert.equal(cut("plain", 5), "plain");
  assert.equal(cut("plain", 4), "pla…");
  assert.equal(cut("模型模型", 8), "模型模型");
  assert.equal(cut("模型模型", 7), "模型模…");
  assert.equal(cut("模型模型", 6), "模型…", "half a character is no character");
  assert.equal(cut("👩‍👩‍👧👩‍👩‍👧", 3), "👩‍👩‍👧…");
  assert.equal(cut("plain", 1), "…");
  assert.equal(cut("plain", 0), "");
});
