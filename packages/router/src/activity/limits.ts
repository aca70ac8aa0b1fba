// The limits of what people are told of what happened, each with its reason; docs/limits.md lists them.

/** Days one page looks back at most for its generations: the next page goes on, however old the wallet is. */
export const GENERATION_LIST_DAYS = 366;

/** Generations in one page of a list: some 100 KiB of JSON. */
export const GENERATIONS_PER_PAGE_MAX = 100;

/** Deposits in one page of their list: nobody has more in years. */
export const DEPOSITS_PER_PAGE_MAX = 100;

/** Past days that usage and earnings are summed over by day, as at OpenRouter. */
export const ACTIVITY_DAYS_MAX = 30;

/** Rows of such a list, one for each day, model and provider: some 3 MB of JSON. */
export const ACTIVITY_ROWS_MAX = 10_000;

/** The newest answers, and the newest unpaid ones, that a provider is shown. */
export const PROVIDER_RECENT_MAX = 100;

/** Milliseconds between two looks at the ledger for a wallet that somebody follows live. */
export const LIVE_LOOK_MS = 1_000;

/** Milliseconds between two looks that are asked for because something has just happened: a busy wallet's are many. */
export const LIVE_HINT_MS = 100;

/** How many times as long as a look took the next one waits at least: one wallet with much to sum never keeps the database busy. */
export const LIVE_REST_FACTOR = 4;

/** Looks at once: a fraction of the pool's connections, whoever follows. */
export const LIVE_LOOKS_AT_ONCE_MAX = 4;

/** Milliseconds after its admission in which an ended answer is told live: longer than any request may run by default. */
export const LIVE_GENERATION_MS = 900_000;

/** Generations told in one look, or again after a reconnect: more than anybody reads. */
export const LIVE_GENERATIONS_MAX = 500;

/** Generations remembered as told, of one wallet: of a wallet with more within the time above, what ends long after it began may go untold. */
export const LIVE_KNOWN_MAX = 1_000;

/** Milliseconds by which a reconnecting listener is told too much rather than too little: what ended first may be posted last. */
export const LIVE_REPLAY_SLACK_MS = 5_000;

/** Live listeners of one wallet: tabs and programs of one person. */
export const LIVE_LISTENERS_PER_WALLET_MAX = 16;

/** Live listeners of the process: each holds a connection, and its wallet is looked at every second. */
export const LIVE_LISTENERS_MAX = 1_000;

/** Live listeners of one address of the Internet, or one /64 of IPv6: an office's tabs, so that ten strangers can take them all and not one. */
export const LIVE_LISTENERS_PER_NETWORK_MAX = 100;

/** Bytes of live events that a listener has not taken: one that is slower than its events is cut, and reconnects. */
export const LIVE_UNREAD_BYTES_MAX = 256 * 1024;

/** Milliseconds between two comments that keep a live connection open; one that has taken nothing in between is cut. */
export const LIVE_KEEP_ALIVE_MS = 15_000;

/** Milliseconds between two looks whether a live listener's session still stands. */
export const LIVE_SESSION_MS = 5_000;

/** Milliseconds that a ranking of apps is told as it was read: a new one is made once a day. */
export const APP_RANKINGS_KEPT_MS = 60_000;

/** Rankings of apps kept so: those of a month's days; some 100 KB each at most. */
export const APP_RANKINGS_KEPT_MAX = 100;
