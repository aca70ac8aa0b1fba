// The mock upstream's answers, made once: nothing is computed while a request waits.

const CHUNKS = 33; // with the one that ends the stream
const LONG_PIECE_BYTES = 16 * 1024;
/** How long the long answer is; no socket of this machine holds that much of it unread. */
export const LONG_ANSWER_BYTES = 16 * 1024 * 1024;

/** The small answer. */
export const JSON_ANSWER = Buffer.from(
  JSON.stringify({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "bench",
    choices: [
      { index: 0, message: { role: "assistant", content: "Hello! How can I help you today?" }, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 10, completion_tokens: 8, total_tokens: 18 },
  }),
);

function event(choices: readonly object[], more: object = {}): string {
  const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "bench", choices, ...more };
  return `data: ${JSON.stringify(chunk)}\n\n`;
}

function token(content: string, more: object = {}): string {
  return event([{ index: 0, delta: { ...more, content }, finish_reason: null }]);
}

/** The first event of every stream. */
export const FIRST_EVENT = Buffer.from(token(" token", { role: "assistant" }));

/** The stream's events, but for the last ones. */
export const EVENTS: readonly Buffer[] = Array.from({ length: CHUNKS - 1 }, (_, index) =>
  index === 0 ? FIRST_EVENT : Buffer.from(token(` token${index}`)),
);

/** What ends a stream: the finish reason, the usage, and the word that nothing follows. */
export const LAST_EVENTS = Buffer.from(
  [
    event([{ index: 0, delta: {}, finish_reason: "stop" }]),
    event([], { usage: { prompt_tokens: 10, completion_tokens: 32, total_tokens: 42 } }),
    "data: [DONE]\n\n",
  ].join(""),
);

// Larger events than a model's: the long answer is there to fill buffers, not to be translated event by event.
const LARGE_EVENT = token(" token".repeat(150));

/** A piece of the long answer: as many events as fit. */
export const LONG_PIECE = Buffer.from(LARGE_EVENT.repeat(Math.floor(LONG_PIECE_BYTES / LARGE_EVENT.length)));
