// What servers' own words for the end of an answer become.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { FinishReason } from "./finish-reason.ts";
import { finishReasonOf, keptFinishReason } from "./finish-reason.ts";

const WORDS: Readonly<Record<FinishReason, readonly string[]>> = {
  stop: [
    "stop",
    "STOP",
    "eos",
    "end_turn",
    "stop_sequence",
    "COMPLETE",
    "",
    "a word of tomorrow",
    "constructor",
    "__proto__",
  ],
  length: ["length", "max_tokens", "MAX_TOKENS", "model_length", "model_context_window_exceeded"],
  tool_calls: ["tool_calls", "tool_use", "function_call", "TOOL_CALL"],
  content_filter: ["content_filter", "SAFETY", "RECITATION", "refusal", "sensitive"],
  error: ["error", "ERROR", "abort", "network_error", "insufficient_system_resource", "MALFORMED_FUNCTION_CALL"],
};

for (const [reason, words] of Object.entries(WORDS)) {
  test(`${words.slice(0, 5).join(", ")} are ${reason}`, () => {
    for (const word of words) assert.equal(finishReasonOf(word), reason, word);
  });
}

test("what has become a word of five stays it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.constantFrom(...Object.values(WORDS).flat())), (word) => {
      const reason = finishReasonOf(word);
      assert.equal(finishReasonOf(reason), reason);
    }),
  );
});

test("what is kept is the server's own word, but for one that says the answer broke off", () => {
  for (const word of ["end_turn", "MAX_TOKENS", "something"]) assert.equal(keptFinishReason(word), word);
  for (const word of ["error", "ERROR", "Aborted", "network_error"]) assert.equal(keptFinishReason(word), "error");
});
