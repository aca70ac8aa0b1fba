import assert from "node:assert/strict";
import { test } from "node:test";
import { modelParams } from "./model-path.ts";

test("an id is an author and a slug, in which dots stand", () => {
  assert.deepEqual(modelParams("openai/gpt-4.1"), { author: "openai", slug: "gpt-4.1" });
  assert.deepEqual(modelParams("a/b/c"), { author: "a", slug: "b/c" });
  assert.deepEqual(modelParams("bare"), { author: "", slug: "bare" });
});
