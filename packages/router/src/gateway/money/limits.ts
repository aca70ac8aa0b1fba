// The limits of the endpoints of money, each with its reason; docs/limits.md lists them.

/** Milliseconds that the date of a signed wish may differ from this router's clock: what is signed can be used that long. */
export const INTENT_DATE_MS = 5 * 60_000;

/** Milliseconds after which calls of these endpoints are counted anew. */
export const MONEY_CALLS_MS = 60_000;

/** Calls of these endpoints within that: each asks a Solana node some three things, and no login is needed. */
export const MONEY_CALLS_MAX = 3_000;

/** Of them from one address of the Internet, or one /64 of IPv6: a person's wallet, and a page that looks every second. */
export const MONEY_CALLS_PER_NETWORK_MAX = 300;

/** Withdrawals of a page where nothing is said. */
export const WITHDRAWALS_PER_PAGE_DEFAULT = 20;
