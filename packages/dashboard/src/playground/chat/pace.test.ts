import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_USAGE } from "@aimo-network/protocol/usage";
import { askedAnswer } from "./answer.ts";
import { durationText, firstOutputMs, speedText, tokensPerSecond } from "./pace.ts";

test("durations in words", () => {
  assert.deepEqual([0, 340.4, 1_240, 59_940, 125_000].map(durationText), [
    "0 ms",
    "340 ms",
    "1.2 s",
    "59.9 s",
    "2 min 5 s",
  ]);
});

test("the speed is that of the output after its first piece, by the tokens the provider counted", () => {
  const answer = {
    ...askedAnswer(1_000),
    firstAt: 1_500,
    endedAt: 3_500,
    usage: { ...NO_USAGE, completionTokens: 90 },
  };
  assert.equal(firstOutputMs(answer), 500);
  assert.equal(tokensPerSecond(answer), 45);
  assert.equal(tokensPerSecond({ ...answer, usage: undefined, pieces: 10 }), 5);
});

test("what came at once, or not at all, has no speed", () => {
  assert.equal(tokensPerSecond({ ...askedAnswer(0), firstAt: 10, endedAt: 20 }), undefined);
  assert.equal(tokensPerSecond(askedAnswer(0)), undefined);
  assert.equal(firstOutputMs(askedAnswer(0)), undefined);
});

test("speeds in words", () => {
  assert.deepEqual([0.44, 9.96, 48.4, 12_345].map(speedText), [
    "0.4 tokens/s",
    "10.0 tokens/s",
    "48 tokens/s",
    "12,345 tokens/s",
  ]);
});
