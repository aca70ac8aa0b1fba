import assert from "node:assert/strict";
import { test } from "node:test";
import { contextText, countWords, latencyText, percentText, shareText, throughputText, wholeText } from "./figures.ts";

test("a context is short and never told longer than it is", () => {
  const cases = [
    [null, "–"],
    [0, "–"],
    [512, "512"],
    [1_000, "1K"],
    [8_192, "8.1K"],
    [128_000, "128K"],
    [131_072, "131K"],
    [999_999, "999K"],
    [1_000_000, "1M"],
    [1_048_576, "1M"],
    [1_999_999, "1.9M"],
  ] as const;
  for (const [tokens, text] of cases) assert.equal(contextText(tokens), text);
});

test("latency is milliseconds below a second and seconds above", () => {
  assert.equal(latencyText(null), "–");
  assert.equal(latencyText(419.6), "420 ms");
  assert.equal(latencyText(1_340), "1.3 s");
  assert.equal(latencyText(2_000), "2 s");
  assert.equal(latencyText(12_400), "12 s");
});

test("throughput has a decimal only where it is small", () => {
  assert.equal(throughputText(null), "–");
  assert.equal(throughputText(8.44), "8.4 tok/s");
  assert.equal(throughputText(85.4), "85 tok/s");
  assert.equal(throughputText(1_234), "1,234 tok/s");
});

test("percentages are cut: what failed once is not told as perfect", () => {
  assert.equal(percentText(null), "–");
  assert.equal(percentText(100), "100 %");
  assert.equal(percentText(99.99), "99.9 %");
  assert.equal(percentText(0), "0 %");
  assert.equal(shareText(1), "100 %");
  assert.equal(shareText(0), "0 %");
  assert.equal(shareText(0.0004), "< 0.1 %");
  assert.equal(shareText(0.3333), "33.3 %");
});

test("counts agree with their words", () => {
  assert.equal(countWords(1, "model"), "1 model");
  assert.equal(countWords(1_204, "model"), "1,204 models");
  assert.equal(countWords(1n, "batch", "batches"), "1 batch");
  assert.equal(countWords(12_345n, "batch", "batches"), "12,345 batches");
  assert.equal(wholeText(128_000), "128,000");
});
