import assert from "node:assert/strict";
import { test } from "node:test";
import { madeAnswer } from "../test-bed/made-answers.ts";
import { answerMarks } from "./answer-marks.ts";

const words = (...marks: Parameters<typeof answerMarks>): readonly string[] =>
  answerMarks(...marks).map(({ word }) => word);

test("an answer that ended well says how, and nothing else", () => {
  assert.deepEqual(words(madeAnswer()), ["stop"]);
  assert.deepEqual(words(madeAnswer({ finish_reason: null })), []);
});

test("what was odd stands behind it, what cost money in the colour for that", () => {
  const odd = madeAnswer({ finish_reason: "error", interrupted: true, usage_missing: true, usage_adjusted: true });
  assert.deepEqual(words(odd), ["error", "broke off", "no usage", "adjusted"]);
  assert.deepEqual(
    answerMarks(odd).map(({ tone }) => tone),
    ["bad", "bad", "bad", "warn"],
  );
  assert.deepEqual(words(madeAnswer({ cancelled: true, usage_estimated: true })), ["stop", "cancelled", "estimated"]);
});

test("a server's own word is shown as it is", () => {
  assert.deepEqual(words(madeAnswer({ finish_reason: "constructor" })), ["constructor"]);
});
