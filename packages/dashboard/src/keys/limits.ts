// How much the page of keys asks for, draws and lets be typed.

/** Keys in one answer of the router, which gives no more. */
export const KEYS_PER_PAGE = 100;

/** Keys that are listed at most: twice what a router issues to a wallet, because signed ones come on top. */
export const KEYS_LISTED_MAX = 2_000;

/** Keys drawn at once; more are on further pages, so that a thousand stay smooth. */
export const KEYS_DRAWN_MAX = 50;

/** Keys from which on there is something to search for. */
export const KEYS_UNFILTERED_MAX = 8;

/** Characters of an issued key's name: what a router's ledger holds. */
export const KEY_NAME_CHARS_MAX = 200;

/** Models that an issued key may name, as the router bounds them. */
export const ALLOWED_MODELS_MAX = 100;

/** Models offered to choose from at once; more are found by typing. */
export const MODELS_DRAWN_MAX = 50;

/** Models asked of the router for the choice: enough for any market of today, and a bound for one that never ends. */
export const MODELS_ASKED_MAX = 1_000;

/** Days from now to an issued key's end: a century, because a typing error should not make an endless one. */
export const EXPIRY_DAYS_MAX = 36_500;

/** Characters of an upstream's address, which is what every server and proxy on the way takes. */
export const UPSTREAM_URL_CHARS_MAX = 2_000;

/** Characters of an upstream's own name of a model, as the proxy's config takes it. */
export const UPSTREAM_MODEL_CHARS_MAX = 200;
