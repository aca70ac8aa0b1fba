// The limits of the playground, each with its reason; docs/limits.md lists them.

/** Images of one question: what the largest models look at, and what fits beside each other on a phone. */
export const IMAGES_MAX = 8;

/** Bytes of one image: the photo of a phone, and less than what models scale it down to. */
export const IMAGE_BYTES_MAX = 8 * 1024 * 1024;

/** Bytes of all images of a conversation, which goes along whole with each question: as base64 it stays below a router's 32 MiB. */
export const CONVERSATION_IMAGE_BYTES_MAX = 20 * 1024 * 1024;

/** Characters of a conversation: more than any model's context. */
export const CONVERSATION_CHARS_MAX = 4 * 1024 * 1024;

/** Characters of one answer with its thoughts and calls: a provider that never ends would fill the page's memory. */
export const ANSWER_CHARS_MAX = 4 * 1024 * 1024;

/** Calls of tools in one answer; the playground sends no tools, so any is a surprise. */
export const TOOL_CALLS_MAX = 32;

/** Milliseconds without a byte, longer than a router lets a provider be silent: the connection is dead. */
export const STREAM_SILENCE_MS = 2 * 60 * 1000;

/** Milliseconds between two questions what an answer cost that did not end by itself. */
export const CHARGE_POLL_MS = 1_000;

/** How often that is asked: a router has charged long before. */
export const CHARGE_TRIES_MAX = 20;

/** Generations among which that answer is looked for: nobody starts more in the meantime. */
export const GENERATIONS_LOOKED_AT = 20;

/** How far the clocks of a browser and a router may be apart: a person's computer is rarely wrong by more. */
export const CLOCKS_APART_MS = 60 * 1000;

/** Sequences at which an answer stops: as many as OpenAI takes. */
export const STOPS_MAX = 4;

/** Characters of one such sequence. */
export const STOP_CHARS_MAX = 256;

/** Tokens that may be asked for: above any model's, and a typing error stays one. */
export const OUTPUT_TOKENS_MAX = 10_000_000;

/** Models in the list of the picker; further ones are found by typing. */
export const MODELS_LISTED_MAX = 50;

/** Milliseconds after the last key until the router is asked for models: people type words, not letters. */
export const SEARCH_DELAY_MS = 200;

/** Characters of a block of Markdown that are read as such: a longer one is shown as it was written. */
export const BLOCK_CHARS_MAX = 16 * 1024;

/** The same while the block still grows, since it is read again each time. */
export const GROWING_BLOCK_CHARS_MAX = 6 * 1024;

/** Characters that are drawn at once of an answer that came in a burst: the rest follows, and the page can be used in between. */
export const DRAWN_CHARS_STEP = 8 * 1024;

/** Characters of an answer that is read whole, because its parts refer to each other. */
export const WHOLE_CHARS_MAX = 32 * 1024;

/** How deep quotes, lists and emphasis may stand in each other: no author goes deeper, and readers of Markdown recurse. */
export const NESTING_MAX = 24;

/** Marks of emphasis and of links in a block: the time to pair them grows with their square. */
export const MARKS_MAX = 800;

/** Underlines that make a heading of the line above, likewise. */
export const UNDERLINES_MAX = 40;

/** Lines of a block: each may be an element of the page. */
export const BLOCK_LINES_MAX = 1_000;

/** Characters of an answer that are read as Markdown at all; the rest is shown as it was written. */
export const MARKDOWN_CHARS_MAX = 256 * 1024;

/** Characters of an address that is still made a link. */
export const LINK_CHARS_MAX = 2_048;

/** Cells of a table, the missing ones included, which a row of two characters can ask for by the hundred. */
export const CELLS_MAX = 4_000;
