// What the signer allows itself and others, each with its reason; docs/limits.md lists them.

/** Providers whose accounts are opened in one transaction: their addresses fit its 1,232 bytes. */
export const PROVIDERS_PER_REGISTRATION_MAX = 8;

/** Blocks a blockhash is good for, and one more, for some nodes count the block that is being made: 150 everywhere. */
export const BLOCKHASH_BLOCKS = 151n;

/** Entries that were signed and not seen applied: what a router with all its batches on their way has, twice. */
export const UNSEEN_ENTRIES_MAX = 2_048;

/** Withdrawals that were signed and may still land: more than are asked for in the two minutes a signature lives. */
export const WITHDRAWALS_ALIVE_MAX = 10_000;

/** Milliseconds the router's lookup tables are taken for what they were: they only grow, and one that retires serves on longer. */
export const TABLES_KEPT_MS = 30_000;

/** Bytes of a request: a table's extension with its 25 addresses is the longest, with 1,300. */
export const REQUEST_BYTES_MAX = 4_096;

/** Bytes of an answer's headers and of a request's: nobody here sends more than a few hundred. */
export const HEADERS_BYTES_MAX = 4_096;

/** Bytes of an answer: a transaction has 1,232, half as many again in base64; a refusal may name every user of a batch. */
export const ANSWER_BYTES_MAX = 16_384;

/** Connections to the signer's socket: each is one request, and only few are worked on at once. */
export const CONNECTIONS_MAX = 64;

/** Requests that are worked on at once: each reads the ledger and the chain a few times. */
export const REQUESTS_AT_ONCE_MAX = 16;

/** Requests a router has waiting at its signer: together with those of another instance they find a connection. */
export const REQUESTS_WAITING_MAX = 24;

/** Milliseconds for a whole request to come in: it is one short line from the same machine. */
export const REQUEST_MS = 2_000;

/** Milliseconds between two looks for connections that took longer, or never asked anything. */
export const CONNECTIONS_LOOK_MS = 500;

/** Milliseconds for a signature: two nodes may be silent for ten seconds each before a third answers. */
export const SIGNING_MS = 30_000;

/** Milliseconds the router waits for a signature: a little longer, so that it is told what it was that took so long. */
export const ANSWER_MS = 32_000;

/** Connections of the signer to its database: each request needs one for a few milliseconds. */
export const DATABASE_CONNECTIONS_MAX = 4;

/** Milliseconds until a socket that is there counts as nobody's: whoever listens on this machine accepts at once. */
export const SOCKET_PROBE_MS = 1_000;

/** Bytes of a socket's path: the least that any Unix takes. */
export const SOCKET_PATH_BYTES_MAX = 103;

/** Times the chain is asked where a node is behind what was seen already: nodes are behind one another by a slot or two. */
export const BEHIND_TRIES_MAX = 4;

/** Milliseconds between two such tries: a slot. */
export const BEHIND_REST_MS = 400;
