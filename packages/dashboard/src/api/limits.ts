// Every limit of the console's talk with its router, each with its reason.

/** How long a page may be hidden before it stops listening: a background tab must not hold one of the router's listeners for hours. */
export const LIVE_HIDDEN_MS_MAX = 5 * 60_000;
/** Until a listener that was refused is opened again the first time; it doubles from there. */
export const LIVE_RETRY_MS = 1_000;
/** The longest wait between two tries: a router that is back is found within it. */
export const LIVE_RETRY_MS_MAX = 60_000;
/** Between two refreshes of what live events make old: an answer every few milliseconds must not ask for as many lists. */
export const LIVE_REFRESH_MS = 1_000;
