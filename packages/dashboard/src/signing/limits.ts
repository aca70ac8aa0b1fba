// The limits of asking a Solana node and the router for the fate of a transaction, each with its reason.

/** Characters of a node's URL: those with a key in them are a few hundred long. */
export const RPC_URL_CHARS_MAX = 1_000;
/** Seconds for which a browser remembers a node: a year. */
export const RPC_CHOICE_LIFE_S = 31_536_000;
/** How long one answer of a node is waited for: more than a node on the other side of the world needs. */
export const RPC_ANSWER_MS = 15_000;
/** How long the node is looked at after the router has refused what was signed: what was sent all the same lands within a few blocks. */
export const REFUSED_LOOK_MS = 5_000;
/** Differences that are shown: the first says enough, and a transaction of a thousand faults fills no dialog. */
export const DIFFERENCES_SHOWN_MAX = 6;
