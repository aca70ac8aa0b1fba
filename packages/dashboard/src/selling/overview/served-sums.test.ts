import assert from "node:assert/strict";
import { test } from "node:test";
import { madeAnswer, madeServedRow } from "../test-bed/made-answers.ts";
import { medianOf, paceOf, recentPace, servedByModel } from "./served-sums.ts";

const row = (date: string, model: string, cost: string, requests = 1) => madeServedRow({ date, model, cost, requests });

test("sums are exact to the last nano and told with the most charged first", () => {
  const sums = servedByModel(
    [
      row("2026-11-25", "a/m", "9007199.254740993"),
      row("2026-11-26", "a/m", "0.000000001", 3),
      row("2026-11-26", "b/n", "9007199.254740995"),
    ],
    "2026-11-26",
  );
  assert.deepEqual(
    sums.map(({ model, charged }) => [model, charged]),
    [
      ["b/n", "9007199.254740995"],
      ["a/m", "9007199.254740994"],
    ],
  );
  const { requests, requestsToday, promptTokens, completionTokens } = sums[1] ?? {};
  assert.deepEqual([requests, requestsToday, promptTokens, completionTokens], [4, 3, 20, 10]);
});

test("a median of an even count is the mean of the middle two, of nothing it is none", () => {
  assert.equal(medianOf([9, 1, 5]), 5);
  assert.equal(medianOf([1, 2, 3, 10]), 2.5);
  assert.equal(medianOf([]), undefined);
});

test("an answer's pace counts from its first output, and is none where there is no time to divide by", () => {
  assert.equal(paceOf(madeAnswer({})), 100);
  assert.equal(paceOf(madeAnswer({ generation_time: 100 })), undefined);
  assert.equal(paceOf(madeAnswer({ latency: null })), undefined);
  assert.equal(paceOf(madeAnswer({ tokens_completion: 1 })), undefined);
});

test("the pace of a model looks at its own streams alone", () => {
  const recent = [
    madeAnswer({ latency: 300 }),
    madeAnswer({ latency: 900, streamed: false }),
    madeAnswer({ model: "b/n", latency: 5 }),
  ];
  assert.equal(recentPace(recent, "a/m").latencyMs, 300);
  assert.deepEqual(recentPace(recent, "c/o"), { latencyMs: undefined, tokensPerSecond: undefined });
});
