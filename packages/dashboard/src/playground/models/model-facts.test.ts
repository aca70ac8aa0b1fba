import assert from "node:assert/strict";
import { test } from "node:test";
import { baseName, factsOf, supports } from "./model-facts.ts";

const listed = {
  ...{ id: "acme/one", name: "One", context_length: 8_192, supported_parameters: ["seed"] },
  architecture: { input_modalities: ["text"], output_modalities: ["text"] },
  pricing: { prompt: "0.0000001", completion: "0.0000004", image: "0", request: "0" },
};

test("prices per token become prices per million tokens, exactly", () => {
  assert.deepEqual(factsOf(listed).prices, { prompt: 100_000n, completion: 400_000n, image: 0n, request: 0n });
});

test("a model takes what it lists, and one that is not listed everything", () => {
  assert.equal(supports(factsOf(listed), "seed"), true);
  assert.equal(supports(factsOf(listed), "stop"), false);
  assert.equal(supports(undefined, "stop"), true);
  assert.equal(factsOf(listed).takesImages, false);
});

test("a name without its wish is what lists have, and a provider's tag is in none", () => {
  assert.equal(baseName("acme/one:floor"), "acme/one");
  assert.equal(baseName("acme/one"), "acme/one");
  assert.equal(baseName("one"), "one");
  assert.equal(baseName("5GWcEtsiffewj3u49QNsJH4QnMnaDxUuV7xJYJsmW1KB:one"), "");
});
