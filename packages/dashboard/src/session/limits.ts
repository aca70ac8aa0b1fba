// The limits of finding out who is signed in, each with its reason.

/** How often the router is asked again who is signed in, where it does not answer: after that a person loads the page again. */
export const RESTORE_TRIES_MAX = 4;
/** Between two such questions: a router that is started again is back by the last one. */
export const RESTORE_RETRY_MS = 2_500;
