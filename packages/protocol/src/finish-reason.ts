// Why an answer ended, in one word of five, out of the many that servers have for it.

/** OpenRouter's words for the end of an answer. */
export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "error";

/** Servers' own words, in lower case, that are none of these. */
const NATIVE: Readonly<Record<Exclude<FinishReason, "stop">, readonly string[]>> = {
  length: [
    ...["length", "max_tokens", "max_length", "max_output_tokens", "max_completion_tokens", "token_limit"],
    ...["model_length", "context_length_exceeded", "model_context_window_exceeded", "incomplete"],
  ],
  tool_calls: ["tool_calls", "tool_call", "tool_use", "function_call", "function_calls"],
  content_filter: [
    ...["content_filter", "content_filtered", "content_policy", "safety", "image_safety", "recitation", "blocklist"],
    ...["prohibited_content", "spii", "refusal", "sensitive", "guardrail_intervened", "guardrails"],
  ],
  error: ["error", "abort", "aborted", "network_error", "insufficient_system_resource", "malformed_function_call"],
};

const REASONS: ReadonlyMap<string, FinishReason> = new Map(
  Object.entries(NATIVE).flatMap(([reason, words]) => words.map((word) => [word, reason as FinishReason] as const)),
);

/**
 * The word for a server's own one. Whatever nobody knows is an end like any other: servers have many words for it ("eos",
 * "end_turn", "stop_sequence"), and clients wait for nothing after it.
 */
export function finishReasonOf(native: string): FinishReason {
  return REASONS.get(native) ?? REASONS.get(native.toLowerCase()) ?? "stop";
}

/** The word that an end is kept by: the server's own, but `error` for every word that says the answer broke off. */
export function keptFinishReason(native: string): string {
  return finishReasonOf(native) === "error" ? "error" : native;
}
