// What single events say: output, their end, usage, and the errors they carry.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import fc from "fast-check";
import { ANSWER_DEPTH_MAX, ANSWER_VALUES_MAX, CHOICES_MAX } from "../limits.ts";
import { endsStream, readAnswerEvent, readStreamData, saysSomething } from "./answer-event.ts";

function read(value: unknown): ReturnType<typeof readAnswerEvent> {
  return readAnswerEvent(JSON.stringify(value), "w");
}

function choice(delta: unknown): unknown {
  return { choices: [{ index: 0, delta }] };
}

describe("output", () => {
  for (const delta of [
    { content: "x" },
    { content: " " },
    { reasoning: "x" },
    { reasoning_details: [{}] },
    { tool_calls: [{ index: 0 }] },
    { function_call: { name: "f" } },
    { refusal: "x" },
    { audio: {} },
    { images: [{}] },
  ]) {
    test(`is ${JSON.stringify(delta)}`, () => assert.equal(read(choice(delta)).hasOutput, true));
  }
  for (const delta of [
    {},
    { role: "assistant" },
    { role: "assistant", content: "" },
    { role: "assistant", content: null, tool_calls: [], refusal: null },
    { reasoning: "" },
    { id: "x", name: "y", type: "z", index: 3 },
    null,
    "text",
  ]) {
    test(`is not ${JSON.stringify(delta)}`, () => assert.equal(read(choice(delta)).hasOutput, false));
  }
  test("is counted in bytes", () => {
    const { outputBytes } = read({ choices: [{ delta: { content: "é" } }, { delta: { reasoning: "x" } }] });
    assert.equal(outputBytes, 3);
    assert.equal(read({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } }).outputBytes, 0);
  });
  test("is in any choice", () => {
    assert.equal(read({ choices: [{ delta: {} }, {}, { delta: { content: "x" } }] }).hasOutput, true);
  });
  test("is in a whole message too", () => {
    assert.equal(read({ choices: [{ message: { content: "x" } }] }).hasOutput, true);
  });
  for (const choices of [undefined, null, {}, [], "x"]) {
    test(`is not in choices ${JSON.stringify(choices)}`, () => assert.equal(read({ choices }).hasOutput, false));
  }
});

describe("an event says something", () => {
  for (const delta of [
    { content: "x" },
    { content: "." },
    { reasoning: "hm" },
    { reasoning_content: "hm" },
    { refusal: "no" },
    { content: [{ type: "text", text: "x" }] },
    { tool_calls: [{ index: 0, id: "i", type: "function", function: { name: "f", arguments: "" } }] },
    { function_call: { name: "f" } },
    { audio: { id: "a", data: "AAAA" } },
    { images: [{ type: "image_url", image_url: { url: "data:," } }] },
  ]) {
    test(`by ${JSON.stringify(delta)}`, () => assert.equal(saysSomething(read(choice(delta))), true));
  }
  for (const delta of [
    { content: "" },
    { content: " \n\t" },
    { content: "\u200b\u2060\ufeff\u00a0" },
    { content: " ", role: "assistant" },
    { reasoning_details: [{ type: "reasoning.text", index: 0, text: " " }] },
    { tool_calls: [{ index: 0, id: "i", type: "function", function: { name: "", arguments: "" } }] },
    { audio: { id: "a" } },
    { content: [[[[[[[[[["deep"]]]]]]]]]] },
  ]) {
    test(`not by ${JSON.stringify(delta)}`, () => assert.equal(saysSomething(read(choice(delta))), false));
  }
  test("in any choice, and not by its end", () => {
    assert.equal(saysSomething(read({ choices: [{ delta: { content: " " } }, { delta: { content: "x" } }] })), true);
    assert.equal(saysSomething(read({ choices: [{ delta: {}, finish_reason: "stop" }] })), false);
  });
});

describe("an error in an event", () => {
  for (const [value, code, message] of [
    [{ error: { message: "m" } }, "provider_error", /failed: m$/],
    [{ error: { message: 5 } }, "provider_error", /it gave no reason/],
    [{ error: {} }, "provider_error", /it gave no reason/],
    [{ error: "m" }, "provider_error", /failed: m$/],
    [{ object: "error", message: "m", code: 500 }, "provider_error", /status 500: m$/],
    [{ error: { message: "m", code: 422 } }, "provider_refused", /^m$/],
    [{ error: { message: "m", status: 413 } }, "provider_refused", /^m$/],
    [{ error: { message: "m", code: "context_length", status: 400 } }, "provider_refused", /^m$/],
    [{ error: { message: "m", code: 429 } }, "rate_limited", /rate limited/],
    [{ error: { message: "m", code: 7 } }, "provider_error", /failed: m$/],
    [{ error: { message: "m".repeat(9_999), code: 600 } }, "provider_error", /failed: m{2000}$/],
  ] as const) {
    test(`${JSON.stringify(value).slice(0, 70)} is ${code}`, () => {
      assert.throws(
        () => read(value),
        (error) => isAimoError(error, code) && message.test(error.message),
      );
    });
  }
  for (const choices of [[null], [7], ["x"], [{ delta: {} }, []]]) {
    test(`is what choices ${JSON.stringify(choices)} are taken for`, () => {
      assert.throws(
        () => read({ choices }),
        (error) => isAimoError(error, "provider_error") && /objects as its choices/.test(error.message),
      );
    });
  }
  test("is what more choices are taken for than a request may ask for", () => {
    const some = (count: number): object => ({ choices: Array.from({ length: count }, () => ({})) });
    assert.doesNotThrow(() => read(some(CHOICES_MAX)));
    assert.throws(
      () => read(some(CHOICES_MAX + 1)),
      (error) => isAimoError(error, "provider_error") && /at most 128 objects/.test(error.message),
    );
  });
  test("is not one when it is null", () => assert.doesNotThrow(() => read({ error: null, choices: [] })));
});

describe("the data of an event", () => {
  test("is one object, also over several lines", () => {
    assert.deepEqual(
      [...readStreamData('{"choices":\n[]}', "w")].map(({ text }) => text),
      ['{"choices":\n[]}'],
    );
  });
  test("is several objects where a provider separates events by one newline", () => {
    assert.deepEqual(
      [...readStreamData('{"a":1}\n\n{"a":2}\n[DONE]', "w")].map(({ text }) => text),
      ['{"a":1}', '{"a":2}'],
    );
  });
  test("has as many lines as the longest answers have, and not one more", () => {
    const lines = (count: number): string => '{"a":1}\n'.repeat(count);
    assert.equal([...readStreamData(lines(100_000), "w")].length, 100_000);
    assert.throws(
      () => [...readStreamData(lines(100_001), "w")],
      (error) => isAimoError(error, "provider_error") && /100000 lines/.test(error.message),
    );
  });
  test("holds as many values over all its lines as an answer may, and not one more", () => {
    const list = (values: number): string => `{"a":[${"1,".repeat(values - 2)}1]}`;
    readStreamData(list(ANSWER_VALUES_MAX), "w");
    const half = list(ANSWER_VALUES_MAX / 2);
    readStreamData(`${half}\n${half}`, "w");
    for (const data of [list(ANSWER_VALUES_MAX + 1), `${half}\n${half}\n{}`]) {
      assert.throws(
        () => readStreamData(data, "w"),
        (error) => isAimoError(error, "provider_error") && /at most 2000000 values/.test(error.message),
      );
    }
  });
  test("nests as deep as an answer may, and not one level more", () => {
    const nested = (levels: number): object =>
      JSON.parse(`{"p":"${"x".repeat(70_000)}","a":${"[".repeat(levels - 1)}${"]".repeat(levels - 1)}}`) as object;
    read(nested(ANSWER_DEPTH_MAX));
    assert.throws(
      () => read(nested(ANSWER_DEPTH_MAX + 1)),
      (error) => isAimoError(error, "provider_error"),
    );
  });
  test("ends a stream alone or as its last line", () => {
    assert.deepEqual(
      ["[DONE]", '{"a":1}\n[DONE]', '"[DONE]"', "[DONE]\n{}", " [DONE]"].map((data) => endsStream(data)),
      [true, true, false, false, false],
    );
  });
  test("whatever it is, is read or refused with an operating error", () => {
    const texts = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(fc.json()).map((lines) => lines.join("\n")),
      fc
        .dictionary(fc.constantFrom("choices", "error", "usage", "object", "finish_reason", "x"), fc.jsonValue())
        .map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          for (const event of readStreamData(text, "w")) assert.equal(typeof event.hasOutput, "boolean");
        } catch (error) {
          assert.ok(isAimoError(error), String(error));
        }
      }),
    );
  });
});

describe("an event of very many lines", () => {
  test("is read line by line, so that none waits for the others", () => {
    const lines = readStreamData(`${'{"choices":[]}\n'.repeat(1_000_000)}not JSON`, "w")[Symbol.iterator]();
    assert.equal((lines.next().value as { text: string }).text, '{"choices":[]}');
  });
  test("says what stands before the line that breaks it", () => {
    const said: string[] = [];
    assert.throws(() => {
      for (const { text } of readStreamData('{"a":1}\n{"a":2}\n{"a":', "w")) said.push(text);
    }, /expected a JSON object/);
    assert.deepEqual(said, ['{"a":1}', '{"a":2}']);
  });
});
