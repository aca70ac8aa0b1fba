// What the chain's room allows itself, each with its reason; docs/limits.md lists them.

/** Milliseconds an RPC node may take to answer: a scan of ten thousand accounts takes a public one about a second. */
export const ENDPOINT_TIMEOUT_MS = 10_000;

/** Milliseconds a node that failed is not asked while another answers: rate limits are counted by tens of seconds. */
export const ENDPOINT_REST_MS = 10_000;

/** Milliseconds between two looks at the chain: a deposit is seen within them; a call each where nothing happens (configurable). */
export const CHAIN_POLL_MS = 1_000;

/** Micro-lamports per compute unit that a transaction of this router pays at most: a whole batch then costs 0.00002 SOL more (configurable). */
export const PRIORITY_FEE_MAX = 1_000_000;

/** Milliseconds a node may take to answer with all accounts of a router: a hundred thousand of them are 50 MB. */
export const SCAN_TIMEOUT_MS = 60_000;

/** Accounts of a scan that are decoded at a time: some ten milliseconds, then requests have their turn. */
export const ACCOUNTS_DECODED_AT_ONCE = 200;

/** Bytes of one answer: about three hundred thousand accounts. */
export const ENDPOINT_ANSWER_BYTES_MAX = 128 * 1024 * 1024;

/** Milliseconds a node is left alone at most because it asked for it (`retry-after`): another may fail meanwhile. */
export const ENDPOINT_REST_MAX_MS = 300_000;

/** Milliseconds a node that said what cannot be is asked nothing but to prove itself. */
export const DISTRUST_MS = 600_000;

/** Milliseconds between two comparisons of all nodes: two calls to each. */
export const DISAGREEMENT_CHECK_MS = 30_000;

/** Milliseconds until nodes that seem to disagree are compared again: two answers of one moment are not one moment. */
export const DISAGREEMENT_AGAIN_MS = 2_000;

/** Slots a node may be behind another before it is asked last: a minute, and healthy ones are behind by a few. */
export const NODE_SLOTS_BEHIND_MAX = 150n;

/** Milliseconds between two scans of all accounts: what no signature told of is seen then. */
export const WHOLE_SCAN_MS = 60_000;

/** Scans that are tried until one is of the same slot as the router's own accounts: most are at once. */
export const SCAN_TRIES_MAX = 3;

/** Milliseconds between two scans whatever calls for them: whoever floods the router with transactions calls for many. */
export const SCAN_REST_MS = 5_000;

/** Milliseconds between two looks at the chain's clock and the router's config where nothing else happens. */
export const HEAD_MS = 5_000;

/** Milliseconds between two looks that hints ask for: a busy router has a transaction in every slot. */
export const HINTED_LOOK_MS = 100;

/** Milliseconds between two looks at most, however long the chain has not answered: a chain that is back is soon seen. */
export const LOOK_BACKOFF_MAX_MS = 10_000;

/** Looks in a row that fail before it is logged: a node that is a slot behind is no news. */
export const LOOKS_FAILED_LOGGED = 3;

/** Callers that wait for a look at once: more than requests for withdrawals that run at once. */
export const LOOKS_WAITING_MAX = 1_000;

/** Signatures of one answer: the most a node gives. */
export const SIGNATURES_LISTED_MAX = 1_000;

/** Slots of signatures that are asked for again: nodes list some of them late (13 s). */
export const SIGNATURES_AGAIN_SLOTS = 32n;

/** Signatures that are remembered for that: half of an answer, so that as many new ones have room in it. */
export const SIGNATURES_REMEMBERED_MAX = 500;

/** New transactions of one look that are read one by one; where there are more, a scan of all accounts is cheaper. */
export const TRANSACTIONS_READ_MAX = 50;

/** Transactions that are asked for at once: public nodes limit connections to 40. */
export const TRANSACTIONS_AT_ONCE_MAX = 8;

/** Accounts that wait to be read one by one: ten calls; where there are more, a scan of all accounts is cheaper. */
export const ACCOUNTS_READ_MAX = 970;

/** Milliseconds until a WebSocket that failed is tried again, at first: a node that restarts is away for some seconds. */
export const HINTS_RETRY_MS = 1_000;

/** Milliseconds until it is tried again at most: polls go on meanwhile. */
export const HINTS_RETRY_MAX_MS = 60_000;

/** Signatures whose fate is asked for in one call: the most a node takes. */
export const FATES_PER_CALL_MAX = 256;

/** The percentage of recent slots in which this priority fee would have been enough. */
export const PRIORITY_FEE_PERCENTILE = 75;

/** Accounts by which recent priority fees are asked for: the most a node takes. */
export const PRIORITY_FEE_ACCOUNTS_MAX = 128;

/** Compute units asked for beyond those that were measured: twenty addresses derived in vain, which one in a million needs. */
export const COMPUTE_MARGIN_UNITS = 30_000;

/** Lookup tables in use at once: sixteen thousand addresses, whose rent, about 4 SOL where all are full, comes back. */
export const TABLES_MAX = 64;

/** Slots a table nobody looks anything up in is kept since it grew last: a day. */
export const TABLE_IDLE_SLOTS = 216_000n;

/** The percentage of a full table's addresses below which what is left in it moves to another table. */
export const TABLE_SPARSE_PERCENT = 25;

/** Addresses that follow from wallets and are remembered: deriving one takes a tenth of a millisecond. */
export const ADDRESSES_DERIVED_MAX = 50_000;

/** Transactions for the lookup tables in one turn: a thousand addresses a minute, beside what is settled meanwhile. */
export const TABLE_STEPS_PER_TURN_MAX = 40;
