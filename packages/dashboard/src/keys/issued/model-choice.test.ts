// What the search for models offers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { offeredModels } from "./model-choice.ts";

const ON_SALE = ["meta/llama3.2", "meta/llama3.3", "qwen/qwen3"];

test("models are found by any part of their id, without those that are chosen", () => {
  assert.deepEqual(offeredModels(ON_SALE, [], " LLAMA ").found, ["meta/llama3.2", "meta/llama3.3"]);
  assert.deepEqual(offeredModels(ON_SALE, ["meta/llama3.2"], "llama").found, ["meta/llama3.3"]);
  assert.deepEqual(offeredModels(ON_SALE, ON_SALE, "").found, []);
});

test("a whole id may be chosen though nobody sells it now, and nothing else may", () => {
  assert.equal(offeredModels(ON_SALE, [], "Mistral/Large").typed, "mistral/large");
  for (const search of ["meta/llama3.2", "mistral", "a/b/c", "a /b", "a/b:free", ""]) {
    assert.equal(offeredModels(ON_SALE, [], search).typed, undefined, search);
  }
  assert.equal(offeredModels(ON_SALE, ["mistral/large"], "mistral/large").typed, undefined);
});

test("of a thousand models fifty are drawn, and the others are counted", () => {
  const many = Array.from({ length: 1_000 }, (_, index) => `author/model-${index}`);
  const { found, more } = offeredModels(many, [], "model");
  assert.deepEqual([found.length, more], [50, 950]);
});
