import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesWords, durationWords, feeWords, millisecondsWords } from "./duration-words.ts";

test("a duration is told exactly, in the units it has", () => {
  assert.equal(durationWords(0n), "none");
  assert.equal(durationWords(1n), "1 second");
  assert.equal(durationWords(3_600n), "1 hour");
  assert.equal(durationWords(1_800n), "30 minutes");
  assert.equal(durationWords(5_400n), "1 hour 30 minutes");
  assert.equal(durationWords(604_800n), "7 days");
  assert.equal(durationWords(90_061n), "1 day 1 hour 1 minute 1 second");
  assert.equal(millisecondsWords(120_000), "2 minutes");
  assert.equal(millisecondsWords(1_500), "1500 milliseconds");
});

test("a fee is a percentage with all its digits", () => {
  assert.equal(feeWords(250n), "2.5 %");
  assert.equal(feeWords(5n), "0.05 %");
  assert.equal(feeWords(0n), "0 %");
  assert.equal(feeWords(1_000n), "10 %");
});

test("bytes are told in a unit that leaves no remainder", () => {
  assert.equal(bytesWords(33_554_432), "32 MiB");
  assert.equal(bytesWords(1_536), "1536 bytes");
  assert.equal(bytesWords(65_536), "64 KiB");
});
