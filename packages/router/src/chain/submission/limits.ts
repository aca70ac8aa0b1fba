// What handing in transactions may cost this router, each limit with its reason; docs/limits.md lists them.

/** Characters of a transaction in base64: the 1,232 bytes that fit one packet, with room for those that are told why not. */
export const TRANSACTION_CHARS_MAX = 2_000;

/** Milliseconds that handing in waits for the transaction to land: most do within two slots and a round trip. */
export const LANDING_WAIT_MS = 2_000;

/** Milliseconds between two looks meanwhile: a slot. */
export const LANDING_LOOK_MS = 400;

/** Milliseconds that a landed transaction's accounts may take to be posted before its answer goes out without them. */
export const POSTING_WAIT_MS = 1_500;

/** Milliseconds between two sends of bytes that have not landed: nodes drop some when they are busy. */
export const RESEND_MS = 2_000;

/** Milliseconds for which bytes of users are sent again: a blockhash lives for about as long. */
export const RESEND_FOR_MS = 90_000;

/** Transactions of users that are sent again at once: each is a call; what is beyond it was sent once. */
export const RESENT_AT_ONCE_MAX = 100;

/** Signatures handed in here that are remembered: some minutes of them, so that nobody is told that theirs is unknown. */
export const SUBMISSIONS_REMEMBERED_MAX = 10_000;

/** Blocks beyond the newest blockhash known here that a transaction may live: its own may be of a node that is ahead. */
export const NEWER_BLOCKS_MAX = 150n;
