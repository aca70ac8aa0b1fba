import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiFault } from "../../api/api-fault.ts";
import { ANSWER_CHARS_MAX, TOOL_CALLS_MAX } from "../limits.ts";
import type { Answer } from "./answer.ts";
import { askedAnswer, endAnswer, foldEvent } from "./answer.ts";

const chunk = (delta: object, more: object = {}): string =>
  JSON.stringify({ id: "gen-1", model: "acme/one", provider: "Wallet1", choices: [{ index: 0, delta, ...more }] });

function fold(events: readonly string[], begun = askedAnswer(100)): Answer {
  return events.reduce((answer, event, index) => foldEvent(answer, event, 110 + index), begun);
}

test("an answer is folded out of its deltas, with what it used and exactly what it cost", () => {
  const usage =
    '{"prompt_tokens":6,"completion_tokens":2,"completion_tokens_details":{"reasoning_tokens":1},"cost":0.000000100}';
  const answer = fold([
    chunk({ role: "assistant", content: "" }),
    chunk({ content: "Hel" }),
    chunk({ content: "lo" }),
    chunk({}, { finish_reason: "stop" }),
    `{"id":"gen-1","choices":[],"usage":${usage}}`,
    "[DONE]",
  ]);
  assert.equal(answer.text, "Hello");
  assert.equal(answer.pieces, 2);
  assert.equal(answer.firstAt, 111);
  assert.deepEqual([answer.generationId, answer.model, answer.provider], ["gen-1", "acme/one", "Wallet1"]);
  assert.equal(answer.cost, "0.000000100");
  assert.equal(answer.usage?.completionTokens, 2);
  assert.equal(answer.usage?.reasoningTokens, 1);
  const ended = endAnswer(answer, 200);
  assert.deepEqual([ended.phase, ended.endedAt, ended.finishReason], ["whole", 200, "stop"]);
});

test("thoughts are read under each of their names, and not twice where a server writes two", () => {
  assert.equal(fold([chunk({ reasoning: "a" }), chunk({ reasoning_content: "b" })]).reasoning, "ab");
  assert.equal(fold([chunk({ reasoning: "a", reasoning_content: "a" })]).reasoning, "a");
  assert.equal(fold([chunk({ reasoning_details: [{ type: "reasoning.text", text: "c" }, null, {}] })]).reasoning, "c");
});

test("calls of tools are put together by their place, and bounded", () => {
  const call = (index: unknown, name: string, text: string): object => ({
    tool_calls: [{ index, function: { name, arguments: text } }],
  });
  const answer = fold([chunk(call(0, "look", '{"a"')), chunk(call(1, "find", "{}")), chunk(call(0, "", ":1}"))]);
  assert.deepEqual(answer.calls, [
    { name: "look", arguments: '{"a":1}' },
    { name: "find", arguments: "{}" },
  ]);
  assert.equal(fold([chunk(call(TOOL_CALLS_MAX, "x", ""))]).calls.length, 0);
  assert.equal(fold([chunk(call(2 ** 40, "x", "")), chunk(call(-1, "y", ""))]).calls.length, 1);
});

test("an error in mid-stream breaks the answer, keeps what came, and is told by its code", () => {
  const error = {
    message: "Provider X failed.",
    code: 502,
    metadata: { error_code: "provider_error", retryable: true },
  };
  const answer = fold([
    chunk({ content: "half" }),
    JSON.stringify({ error, choices: [{ index: 0, delta: {}, finish_reason: "error" }] }),
    chunk({ content: " more" }),
    "[DONE]",
  ]);
  assert.equal(answer.phase, "broken");
  assert.equal(answer.text, "half");
  assert.ok(answer.fault instanceof ApiFault);
  assert.deepEqual(
    [answer.fault.code, answer.fault.status, answer.fault.message],
    ["provider_error", 502, "Provider X failed."],
  );
  assert.equal(endAnswer(answer, 900).endedAt, 111);
});

test("a stream that ends without a reason and without [DONE] has broken off", () => {
  assert.equal(endAnswer(fold([chunk({ content: "half" })]), 200).phase, "broken");
  assert.equal(endAnswer(askedAnswer(0), 200).phase, "broken");
});

test("a reason is enough, wherever it stands, and so is [DONE]", () => {
  assert.equal(endAnswer(fold([chunk({ content: "a" }, { finish_reason: "length" })]), 200).phase, "whole");
  assert.equal(endAnswer(fold(['{"finish_reason":"stop","choices":[{"delta":{"content":"a"}}]}']), 200).phase, "whole");
  assert.equal(endAnswer(fold([chunk({ content: "a" }), "[DONE]"]), 200).phase, "whole");
});

test("a finish_reason of error without an error is a failure", () => {
  assert.equal(endAnswer(fold([chunk({ content: "a" }, { finish_reason: "error" })]), 200).phase, "broken");
});

test("what is no object breaks the answer, and other choices than the first are passed over", () => {
  for (const event of ["", "{", "null", "[]", '"text"', "1"]) assert.equal(fold([event]).phase, "broken", event);
  assert.equal(fold(['{"choices":[{"index":1,"delta":{"content":"other"}}]}']).text, "");
  const odd = [
    '{"choices":7}',
    '{"choices":[null]}',
    '{"choices":[{"index":0,"delta":7}]}',
    '{"choices":[{"delta":{"content":7}}]}',
  ];
  assert.deepEqual([fold(odd).phase, fold(odd).text], ["asked", ""]);
});

test("nothing after [DONE] is added", () => {
  assert.equal(fold([chunk({ content: "a" }), "[DONE]", chunk({ content: "b" })]).text, "a");
});

test("an answer that never ends is broken at its limit", () => {
  const half = chunk({ content: "x".repeat(ANSWER_CHARS_MAX / 2) });
  assert.equal(fold([half, half]).phase, "answering");
  assert.equal(fold([half, half, chunk({ reasoning: "y" })]).phase, "broken");
  const call = chunk({ tool_calls: [{ index: 0, function: { arguments: "x".repeat(ANSWER_CHARS_MAX / 2) } }] });
  assert.equal(fold([call, half]).phase, "answering");
  assert.equal(fold([call, half, chunk({ tool_calls: [{ function: { name: "y" } }] })]).phase, "broken");
});
