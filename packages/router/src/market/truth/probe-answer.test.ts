import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { PROBE_ANSWER_CHARS_MAX } from "../limits.ts";
import { createAnswerReader } from "./probe-answer.ts";

function read(...events: readonly Record<string, unknown>[]) {
  const reader = createAnswerReader();
  for (const event of events) reader.read(event);
  return reader.answer("stop", undefined);
}

const delta = (part: object) => ({ choices: [{ index: 0, delta: part }] });

test("a stream's words, thoughts and calls are put together", () => {
  const call = (index: number, more: object) => delta({ tool_calls: [{ index, function: more }] });
  const answer = read(
    delta({ role: "assistant" }),
    delta({ reasoning: "hm" }),
    delta({ content: "Hel" }),
    delta({ content: "lo" }),
    call(0, { name: "one", arguments: "" }),
    call(1, { name: "two" }),
    call(0, { arguments: '{"a":' }),
    call(0, { arguments: "1}" }),
    { choices: [] },
    {},
  );
  assert.equal(answer.text, "Hello");
  assert.equal(answer.hasReasoned, true);
  assert.deepEqual(answer.calls, [
    { name: "one", argumentsText: '{"a":1}' },
    { name: "two", argumentsText: "" },
  ]);
});

test("a whole answer is read like one event, and calls without a number are as many as there are", () => {
  const calls = ["a", "b"].map((name) => ({ function: { name, arguments: "{}" } }));
  const answer = read({ choices: [{ message: { content: "x", tool_calls: calls } }] });
  assert.equal(answer.text, "x");
  assert.equal(answer.hasReasoned, false);
  assert.deepEqual(
    answer.calls.map(({ name }) => name),
    ["a", "b"],
  );
});

test("reasoning tokens tell of thoughts too", () => {
  const usage = { ...NO_USAGE, reasoningTokens: 3 };
  assert.equal(createAnswerReader().answer("stop", usage).hasReasoned, true);
});

test("what is no answer says nothing, and a flood is not kept", () => {
  const nothing = [{ choices: 1 }, { choices: [null] }, delta({ content: 3, tool_calls: [null, {}, { function: 1 }] })];
  assert.deepEqual(read(...nothing), {
    text: "",
    hasReasoned: false,
    calls: [],
    finishReason: "stop",
    usage: undefined,
  });
  const half = "x".repeat(PROBE_ANSWER_CHARS_MAX);
  assert.equal(
    read(delta({ content: half }), delta({ content: "y" }), delta({ content: half })).text.length,
    half.length + 1,
  );
  const reader = createAnswerReader();
  for (let index = 0; index < PROBE_ANSWER_CHARS_MAX + 500; index += 1) {
    reader.read(delta({ tool_calls: [{ index, function: {} }] }));
  }
  assert.ok(reader.answer("stop", undefined).calls.length <= PROBE_ANSWER_CHARS_MAX + 1);
});
