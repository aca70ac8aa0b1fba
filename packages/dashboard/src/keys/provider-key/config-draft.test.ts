// What is typed about a model, and the config that comes of it.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ModelDraft } from "./config-draft.ts";
import { EXAMPLE_MODEL, readModel, withUpstreamModel } from "./config-draft.ts";
import type { SoldModel } from "./config-text.ts";

function modelOf(draft: Partial<ModelDraft>): SoldModel {
  const read = readModel({ ...EXAMPLE_MODEL, ...draft });
  assert.ok(read.kind === "good", JSON.stringify(read));
  return read.model;
}

test("the example is the model of the provider guide", () => {
  assert.deepEqual(modelOf({}), {
    ...{ upstreamUrl: "http://localhost:11434/v1", upstreamModel: "llama3.2", wantsKey: false },
    ...{ author: "meta", slug: "llama3.2", contextLength: "128000", prompt: "0.05", completion: "0.1" },
  });
});

test("prices keep every digit, and what need not be said may be left out", () => {
  const { prompt, completion, ...rest } = modelOf({
    prompt: "0.000001",
    completion: "1000000",
    author: "",
    contextLength: " ",
  });
  assert.deepEqual([prompt, completion], ["0.000001", "1000000"]);
  assert.ok(!("author" in rest) && !("contextLength" in rest));
});

test("every fault is told at its own field, all at once", () => {
  const faulty = {
    ...{ upstreamUrl: "nowhere", upstreamModel: "", author: "me ta", slug: "a/b", contextLength: "1.5" },
    ...{ prompt: "0.0000001", completion: "1000000.000001" },
  };
  const read = readModel({ ...EXAMPLE_MODEL, ...faulty });
  assert.deepEqual(read.kind === "faulty" && Object.keys(read.faults), Object.keys(faulty));
  for (const [field, text] of [
    ["contextLength", "1000000001"],
    ["contextLength", "-1"],
    ["upstreamModel", "a\nb"],
    ["upstreamModel", "a".repeat(201)],
    ["slug", "a".repeat(65)],
    ["prompt", ""],
    ["completion", "1e3"],
  ] as const) {
    const one = readModel({ ...EXAMPLE_MODEL, [field]: text });
    assert.deepEqual(one.kind === "faulty" && Object.keys(one.faults), [field], text);
  }
});

test("author and slug follow the upstream's name until they were typed", () => {
  const typed = withUpstreamModel(EXAMPLE_MODEL, "qwen2.5:7b");
  assert.deepEqual([typed.author, typed.slug, typed.contextLength], ["", "qwen2.5-7b", ""]);
  const pair = withUpstreamModel(typed, "mistralai/Mistral-7B");
  assert.deepEqual([pair.author, pair.slug], ["mistralai", "Mistral-7B"]);
  const path = withUpstreamModel(pair, "accounts/x/models/y");
  assert.deepEqual([path.author, path.slug], ["", "y"]);
  const own = withUpstreamModel({ ...EXAMPLE_MODEL, slug: "my-llama", author: "me", contextLength: "8192" }, "qwen");
  assert.deepEqual([own.author, own.slug, own.contextLength], ["me", "my-llama", "8192"]);
});
