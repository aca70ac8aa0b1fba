import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, pictureUrl } from "aimo-router/src/market/truth/colour-picture.ts";
import { colourOf } from "./picture-colour.ts";

function base64Of(url: string): string {
  return url.slice(url.indexOf(",") + 1);
}

test("a picture of one colour has that colour's name", () => {
  for (const colour of Object.keys(COLOURS) as (keyof typeof COLOURS)[]) {
    assert.equal(colourOf(base64Of(pictureUrl(colour, 48, 96))), colour);
    assert.equal(colourOf(base64Of(pictureUrl(colour, 1, 1))), colour);
  }
});

test("anything else has none", () => {
  const png = Buffer.from(base64Of(pictureUrl("red", 20, 20)), "base64");
  const broken = Buffer.from(png);
  broken[60] = (broken[60] ?? 0) ^ 0xff;
  const palette = Buffer.from(png);
  palette[25] = 3;
  for (const bytes of [
    broken,
    palette,
    png.subarray(0, 40),
    png.subarray(0, 10),
    Buffer.from("text"),
    Buffer.alloc(0),
  ]) {
    assert.equal(colourOf(bytes.toString("base64")), undefined);
  }
  assert.equal(colourOf("A".repeat(100_000)), undefined);
});
