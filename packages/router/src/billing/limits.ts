// The limits of what requests may cost and how they are charged, each with its reason; docs/limits.md lists them.

/** Output tokens of a choice where neither the client nor the offer bounds them: a long answer, and a lock people can afford. */
export const OUTPUT_TOKENS_DEFAULT = 4_096;

/** Output tokens of a choice to which a short balance lowers what the client left open, and no further: shorter answers are of no use. */
export const OUTPUT_TOKENS_MIN = 1_024;

/** How many times as much as the first choice another provider may cost, unless the client named it: the lock is for the dearest. */
export const FALLBACK_COST_FACTOR = 2n;

/** USDC one request may cost at most: dearer is a mistake, and thousands of such locks stay in a BIGINT. */
export const REQUEST_COST_USDC_MAX = 1_000_000n;

/** Completion tokens of a choice that show no bytes, such as end marks and the frames of tool calls. */
export const SILENT_TOKENS_PER_CHOICE_MAX = 32;

/** Seconds of output, at the offer's usual pace, that are charged of an answer beyond its last checkpoint: one falls due every two. */
export const ORPHAN_UNSEEN_SECONDS_MAX = 2;

/** Milliseconds between two checkpoints of a running stream (accounting.md): what a crash leaves unproven. */
export const CHECKPOINT_MS = 2_000;

/** Streams in one statement that writes checkpoints down. */
export const CHECKPOINTS_AT_ONCE_MAX = 1_000;

/** Milliseconds the end of an answer waits for its charge: then it ends with `cost: null`, and the charge is made later. */
export const CHARGE_WAIT_MS = 1_500;

/** Milliseconds past a request's total deadline until its lock expires: for its last bytes and its charge. */
export const LOCK_GRACE_MS = 60_000;

/** Requests of one key per minute: a thousand at once that take two seconds each (configurable). */
export const KEY_REQUESTS_PER_MINUTE = 30_000;

/** Tokens of one key per minute, reserved before and corrected after: as many requests of some 1,700 tokens (configurable). */
export const KEY_TOKENS_PER_MINUTE = 50_000_000;

/** Requests of one wallet per minute, over all its keys (configurable). */
export const WALLET_REQUESTS_PER_MINUTE = 60_000;

/** Tokens of one wallet per minute, over all its keys (configurable). */
export const WALLET_TOKENS_PER_MINUTE = 100_000_000;

/** Requests of one wallet at once, over all its keys and all instances: half of what one router has connections for (configurable). */
export const REQUESTS_PER_WALLET_MAX = 5_000;
