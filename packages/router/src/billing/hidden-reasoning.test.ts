// Only families that hide their reasoning may claim tokens that no byte shows.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hiddenReasoningTokens } from "./hidden-reasoning.ts";

test("models that reason unseen have an allowance, whatever their version and case", () => {
  for (const slug of ["o1", "o3-mini", "O4-mini-2025-04-16", "gpt-5", "gpt-5.1-codex", "GPT-5-mini"]) {
    assert.ok(hiddenReasoningTokens(slug) >= 100_000, slug);
  }
  assert.equal(hiddenReasoningTokens("gemini-2.5-flash"), 65_536);
  assert.equal(hiddenReasoningTokens("grok-4"), 128_000);
  assert.equal(hiddenReasoningTokens("openai/o3-mini"), 100_000);
  assert.equal(hiddenReasoningTokens("community/gpt-5"), 128_000);
});

test("models that deliver their reasoning, or have none, have no allowance, nor has who only sounds like another", () => {
  for (const slug of [
    "gpt-4o",
    "gpt-oss-120b",
    "deepseek-r1",
    "o1x",
    "gpt-50",
    "olmo-3",
    "gemini-2.0-flash",
    "o",
    "gpt-5/llama-3",
    "o3/o",
    "",
  ]) {
    assert.equal(hiddenReasoningTokens(slug), 0, slug);
  }
});
