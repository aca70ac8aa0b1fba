// What offers support, what requests depend on, and where the two do not meet.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CAPABILITIES } from "@aimo-network/protocol/wire/offer";
import { plainOffer } from "../test-bed/scripted-provider.ts";
import { askedParameters, lacksParameters, supportedParameters } from "./parameters.ts";

const OPENROUTERS: ReadonlySet<string> = new Set([
  ...["temperature", "top_p", "top_k", "min_p", "top_a", "frequency_penalty", "presence_penalty", "repetition_penalty"],
  ...["max_tokens", "max_completion_tokens", "logit_bias", "logprobs", "top_logprobs", "prediction", "seed"],
  ...[
    "response_format",
    "structured_outputs",
    "stop",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "include_reasoning",
  ],
  ...["reasoning", "reasoning_effort", "web_search_options", "verbosity"],
]);

describe("an offer supports", () => {
  test("what every server does, and nothing else, where it declares nothing", () => {
    assert.deepEqual(supportedParameters(plainOffer("m")), [
      ...["max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "seed"],
      ...["frequency_penalty", "presence_penalty"],
    ]);
  });

  test("what comes with its capabilities, each once; those that nobody knows add nothing", () => {
    const of = (...capabilities: string[]): readonly string[] => {
      const plain = new Set(supportedParameters(plainOffer("m")));
      return supportedParameters(plainOffer("m", { capabilities })).filter((name) => !plain.has(name));
    };
    assert.deepEqual(of("tools"), ["tools", "tool_choice"]);
    assert.deepEqual(of("json_object", "json_schema"), ["response_format", "structured_outputs"]);
    assert.deepEqual(of("vision", "constructor", "top_k"), ["top_k"]);
  });

  test("with every capability there is every parameter that OpenRouter has a name for", () => {
    const all = supportedParameters(plainOffer("m", { capabilities: [...CAPABILITIES] }));
    assert.deepEqual(new Set(all), OPENROUTERS);
  });
});

const SCHEMA = { type: "json_schema", json_schema: { name: "s", schema: {} } };

describe("a request depends on", () => {
  for (const [fields, asked] of [
    [{ tools: [{ type: "function" }] }, ["tools"]],
    [{ tools: [{ type: "function" }], tool_choice: "required" }, ["tools", "tool_choice"]],
    [{ tool_choice: { type: "function" } }, ["tool_choice"]],
    [{ parallel_tool_calls: false }, ["parallel_tool_calls"]],
    [{ response_format: SCHEMA }, ["response_format", "structured_outputs"]],
    [{ response_format: { type: "json_object" } }, ["response_format"]],
    [{ reasoning: { effort: "low" } }, ["reasoning"]],
    [{ reasoning: { max_tokens: 1 } }, ["reasoning"]],
    [{ reasoning: { enabled: true } }, ["reasoning"]],
    [{ reasoning_effort: "high", include_reasoning: true }, ["reasoning_effort", "include_reasoning"]],
    [{ logprobs: true, top_logprobs: 5 }, ["logprobs", "top_logprobs"]],
    [{ logprobs: 3 }, ["logprobs"]],
    [{ logit_bias: { 1: 1 } }, ["logit_bias"]],
    [{ top_k: 1, min_p: 0.1, top_a: 0.1, repetition_penalty: 0.9 }, ["top_k", "min_p", "top_a", "repetition_penalty"]],
    [{ prediction: {}, verbosity: "low", web_search_options: {} }, ["prediction", "verbosity", "web_search_options"]],
    [{ structured_outputs: true }, ["structured_outputs"]],
  ] as const) {
    test(JSON.stringify(fields), () => assert.deepEqual([...askedParameters(fields)], asked));
  }

  test("none of what is left open, turned off, has the value it would have anyway, or every server knows", () => {
    for (const fields of [
      {},
      { tools: [], tool_choice: "auto", parallel_tool_calls: true },
      { tools: null, tool_choice: "none", response_format: { type: "text" } },
      { response_format: null, logit_bias: {}, logprobs: false, top_logprobs: 0 },
      { reasoning: {}, reasoning_effort: "none", include_reasoning: false },
      { reasoning: { effort: "none", exclude: true, enabled: false, max_tokens: 0 } },
      { top_k: 0, min_p: 0, top_a: 0, repetition_penalty: 1, prediction: null, verbosity: null },
      { top_k: -1, temperature: 0.5, seed: 7, stop: ["x"], user: "me", something_new: true },
      { tools: "text", reasoning: "high", response_format: "json", top_k: "5" },
    ]) {
      assert.deepEqual([...askedParameters(fields)], [], JSON.stringify(fields));
    }
  });
});

describe("an offer lacks", () => {
  const asked = askedParameters({ tools: [{}], response_format: SCHEMA });

  test("what it has not declared, be it one of several", () => {
    assert.equal(lacksParameters(asked, plainOffer("m")), true);
    assert.equal(lacksParameters(asked, plainOffer("m", { capabilities: ["tools"] })), true);
    assert.equal(lacksParameters(asked, plainOffer("m", { capabilities: ["json_object", "tools"] })), true);
  });

  test("nothing where it has declared all of it, or nothing was asked", () => {
    assert.equal(lacksParameters(asked, plainOffer("m", { capabilities: ["json_schema", "tools"] })), false);
    assert.equal(lacksParameters(askedParameters({}), plainOffer("m")), false);
  });
});
