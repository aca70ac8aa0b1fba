// The shapes in which servers report usage, the odd ones and the hostile ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { findUsage, readUsage } from "./usage.ts";
import type { Usage } from "./usage.ts";

function usage(counts: Partial<Usage>): Usage {
  return {
    promptTokens: 0,
    completionTokens: 0,
    cachedTokens: 0,
    reasoningTokens: 0,
    promptAudioTokens: 0,
    completionAudioTokens: 0,
    ...counts,
  };
}

const HOSTILE = [
  -1,
  0.5,
  2 ** 53,
  Number("18446744073709551615"),
  Number.NaN,
  Infinity,
  "12",
  "",
  true,
  [12],
  { count: 12 },
];

test("OpenAI's shape is read with every detail", () => {
  const reported = {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    prompt_tokens_details: { cached_tokens: 64, audio_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 20, audio_tokens: 2, accepted_prediction_tokens: 0 },
  };
  const expected = {
    promptTokens: 100,
    completionTokens: 50,
    cachedTokens: 64,
    reasoningTokens: 20,
    promptAudioTokens: 3,
    completionAudioTokens: 2,
  };
  assert.deepEqual(readUsage(reported), expected);
  assert.deepEqual(findUsage({ id: "x", choices: [], usage: reported }), expected);
});

test("the two sample answers of the provider guide are read, the second without total_tokens", () => {
  assert.deepEqual(
    findUsage({
      choices: [{ message: { role: "assistant", content: "Hello! How can I help you today?" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
    }),
    usage({ promptTokens: 10, completionTokens: 8 }),
  );
  assert.deepEqual(
    findUsage({
      choices: [{ delta: { content: "!" } }],
      finish_reason: "stop",
      usage: { prompt_tokens: 10, completion_tokens: 3 },
    }),
    usage({ promptTokens: 10, completionTokens: 3 }),
  );
});

test("DeepSeek's cache hits and Moonshot's cached tokens count as cached", () => {
  assert.deepEqual(
    readUsage({ prompt_tokens: 30, completion_tokens: 4, prompt_cache_hit_tokens: 20, prompt_cache_miss_tokens: 10 }),
    usage({ promptTokens: 30, completionTokens: 4, cachedTokens: 20 }),
  );
  assert.deepEqual(
    readUsage({ prompt_tokens: 30, completion_tokens: 4, cached_tokens: 12 }),
    usage({ promptTokens: 30, completionTokens: 4, cachedTokens: 12 }),
  );
});

test("a cached count reported twice is counted once, the details first", () => {
  assert.equal(
    readUsage({
      prompt_tokens: 30,
      completion_tokens: 4,
      prompt_tokens_details: { cached_tokens: 8 },
      prompt_cache_hit_tokens: 20,
    })?.cachedTokens,
    8,
  );
  assert.equal(
    readUsage({
      prompt_tokens: 30,
      completion_tokens: 4,
      prompt_tokens_details: { cached_tokens: null },
      cached_tokens: 5,
    })?.cachedTokens,
    5,
  );
});

test("Moonshot's usage inside the first choice is found", () => {
  assert.deepEqual(
    findUsage({
      choices: [
        {
          index: 0,
          delta: {},
          finish_reason: "stop",
          usage: { prompt_tokens: 7, completion_tokens: 2, cached_tokens: 1 },
        },
      ],
    }),
    usage({ promptTokens: 7, completionTokens: 2, cachedTokens: 1 }),
  );
});

test("Groq's x_groq is found, and one that holds only an id hides no other usage", () => {
  const reported = { prompt_tokens: 7, completion_tokens: 2, queue_time: 0.01 };
  const expected = usage({ promptTokens: 7, completionTokens: 2 });
  assert.deepEqual(findUsage({ choices: [], x_groq: { id: "req_1", usage: reported } }), expected);
  assert.deepEqual(findUsage({ choices: [{ usage: reported }], x_groq: { id: "req_1" } }), expected);
  assert.deepEqual(findUsage({ usage: null, x_groq: { usage: reported } }), expected);
});

test("the top level goes before x_groq, and x_groq before the choice", () => {
  const at = (promptTokens: number): object => ({ prompt_tokens: promptTokens, completion_tokens: 1 });
  const everywhere = { usage: at(1), x_groq: { usage: at(2) }, choices: [{ usage: at(3) }] };
  assert.equal(findUsage(everywhere)?.promptTokens, 1);
  assert.equal(findUsage({ ...everywhere, usage: undefined })?.promptTokens, 2);
  assert.equal(findUsage({ choices: everywhere.choices })?.promptTokens, 3);
});

test("the Responses names are read with their details", () => {
  assert.deepEqual(
    readUsage({
      input_tokens: 36,
      input_tokens_details: { cached_tokens: 6 },
      output_tokens: 87,
      output_tokens_details: { reasoning_tokens: 64 },
      total_tokens: 123,
    }),
    usage({ promptTokens: 36, completionTokens: 87, cachedTokens: 6, reasoningTokens: 64 }),
  );
});

test("an embedding's usage has no completion, which counts as none", () => {
  assert.deepEqual(readUsage({ prompt_tokens: 8, total_tokens: 8 }), usage({ promptTokens: 8 }));
  assert.deepEqual(readUsage({ prompt_tokens: 8, completion_tokens: null }), usage({ promptTokens: 8 }));
});

test("an answer without usage has none", () => {
  for (const answer of [
    null,
    undefined,
    1,
    "usage",
    [],
    {},
    { usage: null },
    { usage: {} },
    { usage: [] },
    { usage: "12" },
  ]) {
    assert.equal(findUsage(answer), undefined);
  }
  assert.equal(findUsage({ usage: { total_tokens: 12 } }), undefined);
  assert.equal(findUsage({ choices: "none", x_groq: 3 }), undefined);
  assert.equal(findUsage({ choices: [null] }), undefined);
});

test("a hostile count of what is billed makes the usage none", () => {
  for (const hostile of HOSTILE) {
    const name = JSON.stringify(hostile);
    assert.equal(readUsage({ prompt_tokens: hostile, completion_tokens: 1 }), undefined, `prompt ${name}`);
    assert.equal(readUsage({ prompt_tokens: 1, completion_tokens: hostile }), undefined, `completion ${name}`);
    assert.equal(readUsage({ input_tokens: 1, output_tokens: hostile }), undefined, `output ${name}`);
  }
  assert.equal(readUsage(JSON.parse('{"prompt_tokens":18446744073709551615,"completion_tokens":1}')), undefined);
});

test("a hostile detail counts as none, because the side it is in is billed anyway", () => {
  for (const hostile of HOSTILE) {
    assert.deepEqual(
      readUsage({
        prompt_tokens: 5,
        completion_tokens: 5,
        cached_tokens: hostile,
        prompt_tokens_details: { cached_tokens: hostile, audio_tokens: hostile },
        completion_tokens_details: { reasoning_tokens: hostile, audio_tokens: hostile },
      }),
      usage({ promptTokens: 5, completionTokens: 5 }),
    );
  }
  assert.deepEqual(
    readUsage({ prompt_tokens: 5, completion_tokens: 5, prompt_tokens_details: "all", completion_tokens_details: [9] }),
    usage({ promptTokens: 5, completionTokens: 5 }),
  );
});

test("a detail is never more than its side", () => {
  assert.deepEqual(
    readUsage({
      prompt_tokens: 5,
      completion_tokens: 3,
      prompt_tokens_details: { cached_tokens: 900, audio_tokens: 901 },
      completion_tokens_details: { reasoning_tokens: 902, audio_tokens: 903 },
    }),
    {
      promptTokens: 5,
      completionTokens: 3,
      cachedTokens: 5,
      reasoningTokens: 3,
      promptAudioTokens: 5,
      completionAudioTokens: 3,
    },
  );
});

test("a thousand million tokens are a count and one more is none", () => {
  assert.equal(readUsage({ prompt_tokens: 1e9, completion_tokens: 0 })?.promptTokens, 1e9);
  assert.equal(readUsage({ prompt_tokens: 1e9 + 1, completion_tokens: 0 }), undefined);
});

test("arbitrary JSON is a usage of safe counts within their sides, or none", () => {
  const names = fc.constantFrom(
    "prompt_tokens",
    "completion_tokens",
    "input_tokens",
    "cached_tokens",
    "prompt_tokens_details",
    "x",
  );
  const values = fc.oneof(fc.jsonValue(), fc.double(), fc.maxSafeInteger(), fc.dictionary(names, fc.double()));
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom("usage", "x_groq", "choices"),
        fc.oneof(fc.jsonValue(), fc.dictionary(names, values)),
      ),
      (answer) => {
        const found = findUsage(answer);
        if (found === undefined) return;
        assert(Object.values(found).every((count) => Number.isSafeInteger(count) && count >= 0));
        assert(found.cachedTokens <= found.promptTokens && found.reasoningTokens <= found.completionTokens);
      },
    ),
  );
});
