// Names of first-generation models on the market: always valid, never two alike, the same at every preflight.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { OFFER_NAME_PATTERN } from "@aimo-network/protocol/wire/offer";
import fc from "fast-check";
import { nameOffers } from "./preflight.ts";

function namesOf(...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    nameOffers(names.map((name) => ({ name }))).map(({ model, offerName }) => [model.name, offerName]),
  );
}

describe("the offer name of a model", () => {
  test("is its own where offers can have it, and has `-` for every other character", () => {
    assert.deepEqual(namesOf("gpt-4o_mini.1", "meta/llama 3:8b", "模型"), {
      "gpt-4o_mini.1": "gpt-4o_mini.1",
      "meta/llama 3:8b": "meta-llama-3-8b",
      模型: "--",
    });
  });

  test("ends in a digest where another one has it already, case not counting", () => {
    const found = namesOf("GPT", "gpt", "a/b", "a:b");
    assert.equal(found["GPT"], "GPT");
    assert.match(found["gpt"] ?? "", /^gpt-[0-9a-f]{8}$/);
    assert.equal(found["a/b"], "a-b");
    assert.match(found["a:b"] ?? "", /^a-b-[0-9a-f]{8}$/);
  });

  test("is never taken away from a model that needs no other", () => {
    const found = namesOf("a/b", "a-b");
    assert.equal(found["a-b"], "a-b");
    assert.match(found["a/b"] ?? "", /^a-b-[0-9a-f]{8}$/);
  });

  test("is cut to 64 characters with its digest, so that long names stay different", () => {
    const [one, other] = [`${"x".repeat(80)}1`, `${"x".repeat(80)}2`];
    const found = namesOf(one, other, "y".repeat(64), "z".repeat(65));
    assert.match(found[one] ?? "", /^x{55}-[0-9a-f]{8}$/);
    assert.notEqual(found[one], found[other]);
    assert.equal(found["y".repeat(64)], "y".repeat(64));
    assert.equal(found["z".repeat(65)]?.length, 64);
  });

  test("goes to the first of equally named models, which is the one that their proxy finds", () => {
    const models = [
      { name: "m", price: 1 },
      { name: "m", price: 2 },
    ];
    assert.deepEqual(nameOffers(models), [{ model: models[0], offerName: "m" }]);
  });

  test("is refused where somebody made the digest of another its own name", () => {
    const digest = namesOf("a/b", "a-b")["a/b"] ?? "";
    assert.throws(
      () => namesOf("a/b", "a-b", digest),
      (error) => isAimoError(error, "invalid_request") && error.message.includes(digest),
    );
  });

  test("is valid and nobody else's, whatever the models are called", () => {
    const name = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: 90 }),
      fc.constantFrom("a", "A", "a/b", "a:b", "A-b"),
    );
    fc.assert(
      fc.property(fc.array(name, { maxLength: 20 }), (names) => {
        const found = nameOffers(names.map((text) => ({ name: text })));
        assert.deepEqual(new Set(found.map(({ model }) => model.name)), new Set(names));
        for (const { offerName } of found) assert.match(offerName, new RegExp(OFFER_NAME_PATTERN));
        assert.equal(new Set(found.map(({ offerName }) => offerName.toLowerCase())).size, found.length);
      }),
    );
  });
});
