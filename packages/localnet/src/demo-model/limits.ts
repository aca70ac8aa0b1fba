// Every limit of the demo model, each with its reason.

/** Bytes of a request body: above what a router lets through, so that tests meet the router's limit first. */
export const BODY_BYTES_MAX = 96 * 1024 * 1024;
/** Tokens of one choice, so that an echoed book cannot fill the memory. */
export const OUTPUT_TOKENS_MAX = 100_000;
/** Choices of one answer (`n`), so that choices times tokens stay within memory. */
export const CHOICES_MAX = 16;
/** Stop sequences of one request: OpenAI's limit. */
export const STOPS_MAX = 4;
/** Tools of one request: OpenAI's limit. */
export const TOOLS_MAX = 128;
/** Tool calls of one choice, so that a long list of tools still gives a short answer. */
export const TOOL_CALLS_MAX = 8;
/** Traits in one model name, so that reading a name is quick. */
export const TRAITS_MAX = 8;
/** Calls the log remembers; older ones are forgotten. */
export const CALLS_KEPT = 1000;
/** Top-level body keys remembered of one call, so that a strange body stays small in the log. */
export const BODY_KEYS_KEPT = 64;
/** Characters of a model name or body key that are remembered of one call. */
export const NAME_CHARS_KEPT = 256;
/** Readers that may wait for a call at once, so that forgotten ones are noticed. */
export const WAITERS_MAX = 256;
/** Milliseconds a reader may wait for a call: within the timeouts of ordinary HTTP clients. */
export const WAIT_MS_MAX = 60_000;
/** Characters of events joined into one write: large enough to be fast, small enough for back-pressure. */
export const BATCH_CHARS = 16_384;
/** Milliseconds an idle connection stays open: longer than the pools of the clients under test keep theirs. */
export const KEEP_ALIVE_MS = 60_000;
/** Characters of a message or tool result that the answer quotes. */
export const QUOTE_CHARS_MAX = 160;
