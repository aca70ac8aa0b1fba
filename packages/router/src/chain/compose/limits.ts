// What composing transactions allows itself, each with its reason; docs/limits.md lists them.

/** Compute units of a composed transaction: the dearest takes some 25,000, and wallets add guards of their own. */
export const COMPOSED_UNITS = 150_000;

/** Milliseconds for which what was read of the router itself is told again: everybody may ask for it. */
export const ROUTER_FACTS_MS = 1_000;

/** Milliseconds that whoever asks for the router's terms waits for the chain: after that it is told what was seen last. */
export const ROUTER_TERMS_WAIT_MS = 1_000;
