import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { factsOf } from "../models/model-facts.ts";
import { estimatedCost, estimatedOutput, promptSize, sumOfCosts } from "./estimate.ts";

const pricing = { prompt: "0.0000001", completion: "0.0000004", image: "0.001", request: "0.01" };
const facts = factsOf({
  id: "acme/one",
  name: "One",
  context_length: null,
  architecture: { input_modalities: ["text", "image"], output_modalities: ["text"] },
  pricing,
  supported_parameters: [],
});

test("a prompt's size counts its text, its messages and its images", () => {
  const url = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } } as const;
  const size = promptSize([
    { role: "system", content: "1234" },
    { role: "user", content: [{ type: "text", text: "56" }, url, url] },
  ]);
  assert.deepEqual(size, { chars: 6, messages: 2, images: 2 });
});

test("output is at least a token for each piece, and for four characters", () => {
  assert.equal(estimatedOutput({ text: "12345", reasoning: "", pieces: 1 }), 2);
  assert.equal(estimatedOutput({ text: "漢字", reasoning: "漢", pieces: 3 }), 3);
});

test("the estimate is exact in its arithmetic: tokens, images and the request, each at its price", () => {
  assert.ok(facts.prices);
  // 1 + 4 tokens of input, 10 of output, and the price of a request.
  assert.equal(estimatedCost(facts.prices, { chars: 4, messages: 1, images: 0 }, 10), "0.0100045");
  // An image is counted as 256 tokens, beside its own price.
  assert.equal(estimatedCost(facts.prices, { chars: 0, messages: 0, images: 1 }, 0), "0.0110256");
});

test("what is less than a billionth of a USDC is rounded up, as the router does", () => {
  const cheap = { prompt: microUsdc(1n), completion: microUsdc(0n), image: microUsdc(0n), request: microUsdc(0n) };
  assert.equal(estimatedCost(cheap, { chars: 4, messages: 0, images: 0 }, 0), "0.000000001");
});

test("prices that cannot be read give no estimate", () => {
  assert.equal(
    factsOf({
      ...facts,
      ...{ context_length: null, architecture: { input_modalities: [], output_modalities: [] } },
      pricing: { ...pricing, prompt: "-1" },
      supported_parameters: [],
    }).prices,
    undefined,
  );
});

test("a sum of costs loses no digit", () => {
  assert.equal(sumOfCosts(["0.1", "0.2", "0.000000001", "9007199254.740993"]), "9007199255.040993001");
  assert.equal(sumOfCosts([]), "0");
});
