// The limits of the pages about selling, each with its reason; docs/limits.md lists them.

/** Milliseconds between two questions what is on sale: shares and speeds are half an hour's, so that a few seconds change little. */
export const OFFERS_REFRESH_MS = 15_000;

/** Milliseconds between two questions to the Solana node while the page Exit is open: public nodes count them. */
export const CHAIN_REFRESH_MS = 20_000;

/** Withdrawals of one page of the list. */
export const WITHDRAWALS_PER_PAGE = 20;

/** Offers that are shown, and compared with those of others, before somebody asks for all: one question each. */
export const OFFERS_SHOWN_MAX = 12;

/** Milliseconds between two looks at a withdrawal that is open: it ends within a minute or two. */
export const OPEN_WITHDRAWAL_REFRESH_MS = 3_000;

/** Milliseconds between two questions while something is due by this machine's clock: the chain's own goes a little otherwise. */
export const DUE_REFRESH_MS = 2_000;
