import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenWords } from "./broken-words.ts";

test("a part that was not loaded is told as that, as each browser says it", () => {
  const said = [
    "Failed to fetch dynamically imported module: https://router.example/assets/keys-page-1.js",
    "error loading dynamically imported module: https://router.example/assets/keys-page-1.js",
    "Importing a module script failed.",
    "Unable to preload CSS for /assets/page.css",
  ];
  for (const message of said) assert.match(brokenWords(new TypeError(message)).what, /did not send this page/, message);
});

test("anything else does not show what was thrown, which is for nobody", () => {
  for (const error of [new TypeError("x is undefined"), "a text", undefined])
    assert.deepEqual(brokenWords(error).what, "The page could not be drawn.");
});
