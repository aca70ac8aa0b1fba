// The limits of withdrawals, each with its reason; docs/limits.md lists them.

/** Milliseconds that a withdrawal waits for this router's signature: signing takes one, so the signer is down. */
export const WITHDRAWAL_SIGN_MS = 60_000;

/** Milliseconds in which a withdrawal has to be signed and submitted, about: 150 blocks of 400 ms. */
export const WITHDRAWAL_LIFE_MS = 60_000;

/** Milliseconds between two sends of a withdrawal that was handed in and has not landed. */
export const WITHDRAWAL_RESEND_MS = 2_000;

/** Open withdrawals that one sweep looks at, the oldest first: each ends within minutes, and then the next ones follow. */
export const WITHDRAWALS_SWEPT_MAX = 1_000;

/** Of them sent again at once: public nodes limit connections to 40. */
export const WITHDRAWALS_SENT_AT_ONCE_MAX = 8;

/** Withdrawals of one page of a list. */
export const WITHDRAWALS_PER_PAGE_MAX = 100;

/** Last withdrawals of an account that are looked at to say which one somebody has handed in by mistake. */
export const WITHDRAWALS_COMPARED_MAX = 10;
