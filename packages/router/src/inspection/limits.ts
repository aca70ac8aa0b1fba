// The limits of examining offers, each with its reason; docs/limits.md lists them.

/** USDC that examining may cost in a day: some hundred offers at usual prices (configurable). */
export const INSPECTION_USDC_PER_DAY = "1";

/** Milliseconds within which an offer is examined first: long enough that nobody waits for it to behave (configurable). */
export const INSPECTION_DELAY_MS = 600_000;

/** USDC that one request may cost at most by its offer's price: dearer offers are not examined, whatever they are. */
export const PROBE_COST_USDC_MAX = "0.25";

/** Of a day's USDC and requests, the part that one provider can get at most: nobody lives on being examined. */
export const INSPECTION_WALLET_SHARES = 4;

/** Requests in a day: more than a thousand offers, also where they are free. */
export const INSPECTION_ASKS_PER_DAY_MAX = 20_000;

/** Requests at once: they have hours, and are to be no load. */
export const INSPECTION_ASKS_AT_ONCE_MAX = 16;

/** Models that are examined at once: their requests are minutes apart. */
export const INSPECTION_ROUNDS_AT_ONCE_MAX = 64;

/** Offers of one model that are compared in one round: a newcomer is measured by some of the others, not by hundreds. */
export const INSPECTION_OFFERS_PER_ROUND_MAX = 16;

/** Offers looked at at once: a few milliseconds of every five seconds, and the largest market in some minutes. */
export const INSPECTION_OFFERS_PER_LOOK_MAX = 5_000;

/** Offers whose next examination is remembered: all that links can have at usual sizes; further ones wait for a place. */
export const INSPECTION_OFFERS_MAX = 100_000;

/** Milliseconds between two looks for findings of other instances. */
export const TRUTH_READ_MS = 3_000;

/** Milliseconds between two notes of which offers are on sale, and of what is to be forgotten. */
export const TRUTH_SEEN_MS = 6 * 3_600_000;

/** Offers in one such note. */
export const TRUTH_SEEN_AT_ONCE_MAX = 5_000;
