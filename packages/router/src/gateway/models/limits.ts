// The limits of the public lists, each with its reason; docs/limits.md lists them.

/** Milliseconds for which what has been measured is shown as it was in lists: their numbers change with every request. */
export const LIST_MEASURED_MS = 10_000;

/** Milliseconds of work on a list at a time; then whoever waits for something else has a turn. */
export const LIST_SLICE_MS = 4;

/** How many times as long as making a list took it is shown as it is: making lists takes a tenth of a processor at most. */
export const LIST_REST_FACTOR = 10;

/** Offers of a list that is made anew whenever it is asked for: a millisecond or two of work. */
export const LIST_SMALL_MAX = 50;

/** Milliseconds of such a rest at most: whoever asks a model pays its price of that moment, so none much older is shown. */
export const LIST_REST_MS_MAX = 5_000;

/** Milliseconds that a list may be old when it is shown while a newer one is being made; an older one is waited for. */
export const LIST_AGE_MS_MAX = 15_000;

/** Models of one page; a list without a page has all of them. */
export const LIST_PAGE_MAX = 1_000;

/** Names in one filter of a list. */
export const FILTER_NAMES_MAX = 100;

/** Characters of one filter of a list: a hundred wallets. */
export const FILTER_CHARS_MAX = 5_000;

/** Bytes of answers to filtered and sorted lists, and of models' endpoints, that are kept for whoever asks the same. */
export const ANSWERS_KEPT_BYTES_MAX = 48 * 1024 * 1024;

/** How many such answers. */
export const ANSWERS_KEPT_MAX = 2_000;

/** Bytes below which an answer is not worth compressing: it fits a packet or two. */
export const COMPRESSED_BYTES_MIN = 1_024;

/** Answers that are being compressed at once, by two of Node's four threads; further ones are sent as they are. */
export const COMPRESSIONS_AT_ONCE_MAX = 2;

/** Milliseconds for which the answer about a model's prices is kept: it is asked of the database. */
export const PRICES_SHOWN_MS = 5_000;
