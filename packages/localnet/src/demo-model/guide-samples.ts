// The two sample answers of the provider guide, letter for letter: what a first provider's server may really send.

/** The guide's plain answer: no id, no model, no index. */
export const GUIDE_JSON =
  '{"choices":[{"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop"}],"usage":{"prompt_tokens":10,"completion_tokens":8,"total_tokens":18}}';

const GUIDE_LINES = [
  'data: {"choices":[{"delta":{"content":"Hello"}}]}',
  'data: {"choices":[{"delta":{"content":" there"}}]}',
  'data: {"choices":[{"delta":{"content":"!"}}],"finish_reason":"stop","usage":{"prompt_tokens":10,"completion_tokens":3}}',
  "data: [DONE]",
];

/** The guide's stream as server-sent events: a top-level `finish_reason`, a `usage` without its total. */
export const GUIDE_STREAM = GUIDE_LINES.map((line) => `${line}\n\n`).join("");

/** The guide's stream as its page prints it, without the blank lines that end events: strictly, one broken event. */
export const GUIDE_STREAM_TIGHT = GUIDE_LINES.map((line) => `${line}\n`).join("");
