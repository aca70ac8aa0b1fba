// The limits of the books of the market, each with its reason; docs/limits.md lists them.

/** Offers read at once with a day of their five minutes: some 50,000 small rows, a tenth of a second of this process. */
export const HEALTH_OFFERS_PER_READ_MAX = 200;

/** Milliseconds that are read once more each time: a batch that was being written then may have come after. */
export const HEALTH_READ_AGAIN_MS = 5_000;

/** Milliseconds that what is changed in old slots is still looked for: what is older only a restart reads. */
export const HEALTH_FOLLOWED_MS = 35 * 60_000;

/** Milliseconds that measurements are kept: half an hour is shown. */
export const HEALTH_SPEEDS_KEPT_MS = 40 * 60_000;

/** Milliseconds that attempts are kept: a day is shown. */
export const HEALTH_SLOTS_KEPT_MS = 25 * 3_600_000;

/** Days that an offer is remembered after it was asked last. */
export const HEALTH_OFFERS_KEPT_DAYS = 30;

/** Old rows deleted by one statement: a fraction of a second. */
export const HEALTH_ROWS_DELETED_AT_ONCE_MAX = 5_000;

/** Such statements of a kind in one round: more than a full market leaves behind in a minute. */
export const HEALTH_DELETING_TURNS_MAX = 20;
