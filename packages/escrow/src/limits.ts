// The limits of whoever builds, checks and sends transactions of the escrow program, each with its reason.

/** Between two looks at what became of a transaction: a slot takes 400 ms. */
export const LANDING_POLL_MS = 400;
/** Between two sends of a transaction that no node has seen: leaders drop some, and each send is a call. */
export const LANDING_RESEND_MS = 2_000;
/** For a transaction to land: a blockhash lives about a minute, and after it has expired this is asked no more. */
export const LANDING_WAIT_MS = 120_000;
/** Blocks from the first send within which a transaction lands or never does: a blockhash lives for 150, and nodes are a few apart. */
export const LANDING_BLOCKS_MAX = 200n;
/** How long a transaction's fate is asked for while nothing answers: a node that restarts is back by then. */
export const LANDING_UNANSWERED_MS = 20_000;
/** Micro-lamports that are offered for each compute unit at most, whatever others pay: 0.00015 SOL for a transaction of one's own. */
export const UNIT_PRICE_MAX = 1_000_000n;
/** Compute units that a person's own transaction may use: six times what the dearest takes, which opens a token account. */
export const OWN_UNITS = 150_000;
/** Accounts by which a node is asked for recent priority fees: the most it takes. */
export const FEE_ACCOUNTS_MAX = 128;
/** Seconds of an allowance's end that a router may round up to without being asked: its clock and the chain's differ. */
export const ALLOWANCE_END_SLACK_S = 86_400n;
