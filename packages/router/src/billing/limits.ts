// The limits of what requests may cost and how they are charged, each with its reason; docs/limits.md lists them.

/** Output tokens of a choice where neither the client nor the offer bounds them: a long answer, and a lock people can afford. */
export const OUTPUT_TOKENS_DEFAULT = 4_096;

/** Output tokens of a choice to which a short balance lowers what the client left open, and no further: shorter answers are of no use. */
export const OUTPUT_TOKENS_MIN = 1_024;

/** How many times as much as the first choice another provider may cost, unless the client named it: the draw itself takes such a one for every seventeenth request (decision 27). */
export const FALLBACK_COST_FACTOR = 4n;

/** USDC one request may cost at most: dearer is a mistake, and thousands of such locks stay in a BIGINT. */
export const REQUEST_COST_USDC_MAX = 1_000_000n;

/** Completion tokens of a choice that show no bytes, such as end marks and the frames of tool calls. */
export const SILENT_TOKENS_PER_CHOICE_MAX = 32;

/** Seconds of output, at the offer's usual pace, that are charged of an answer beyond its last checkpoint: one falls due every two. */
export const ORPHAN_UNSEEN_SECONDS_MAX = 2;

/** Milliseconds between two checkpoints of a running stream (accounting.md): what a crash leaves unproven. */
export const CHECKPOINT_MS = 2_000;

/** Streams in one statement that writes checkpoints down. */
export const CHECKPOINTS_AT_ONCE_MAX = 1_000;

/** Milliseconds the end of an answer waits for its charge: then it ends with `cost: null`, and the charge is made later. */
export const CHARGE_WAIT_MS = 1_500;

/** Milliseconds past a request's total deadline until its lock expires: for its last bytes and its charge. */
export const LOCK_GRACE_MS = 60_000;

/** Milliseconds past its deadline in which a lock still counts as open at the latest: many looks of the sweep, which may be busy. */
export const LOCK_SWEEP_LAG_MS = 60_000;

/** Requests of one key per minute: a thousand at once that take two seconds each (configurable). */
export const KEY_REQUESTS_PER_MINUTE = 30_000;

/** Tokens of one key per minute, reserved before and corrected after: as many requests of some 1,700 tokens (configurable). */
export const KEY_TOKENS_PER_MINUTE = 50_000_000;

/** Requests of one wallet per minute, over all its keys (configurable). */
export const WALLET_REQUESTS_PER_MINUTE = 60_000;

/** Tokens of one wallet per minute, over all its keys (configurable). */
export const WALLET_TOKENS_PER_MINUTE = 100_000_000;

/** Requests of one wallet at once, over all its keys and all instances: half of what one router has connections for (configurable). */
export const REQUESTS_PER_WALLET_MAX = 5_000;

/** Milliseconds after which a charge goes on chain at the latest: cheap for users who ask often, and providers wait no longer (configurable). */
export const SETTLE_AGE_MS = 600_000;

/** USDC owed by one user to one provider that are settled at once, whatever their age: a provider's risk stays small (configurable). */
export const SETTLE_USDC = "10";

/** USDC owed to a provider before its account is opened at the router's expense: the rent is worth a fraction of it (configurable). */
export const SPONSOR_MIN_USDC = "1";

/** Milliseconds in which a signed transaction may still land: 150 slots, at half as long again as slots should take. */
export const BLOCKHASH_LIFE_MS = 90_000;

/** Milliseconds a settled entry waits for its transaction's log, where its amount does not follow without: nodes are seconds behind. */
export const LOG_PATIENCE_MS = 60_000;

/** Escrows and providers whose last posting is remembered: beyond it they are only posted again, which changes nothing. */
export const POSTINGS_REMEMBERED_MAX = 200_000;

/** Accounts that are posted at the same time: more would take the database's connections from requests. */
export const POSTINGS_AT_ONCE_MAX = 4;

/** Milliseconds after which the bytes of a batch are sent again: nodes drop transactions in busy times, and repeating is harmless. */
export const BATCH_RESEND_MS = 2_000;

/** Times a batch that cannot land as it is is tried again without a longer rest each time. */
export const BATCH_RETRIES_RAPID = 3;

/** Milliseconds such a batch rests at first: a pause, a full window or an upgrade passes by itself. */
export const BATCH_RETRY_MS = 5_000;

/** Milliseconds it rests at most: what people have mended is settled soon. */
export const BATCH_RETRY_MS_MAX = 600_000;

/** Batches whose last sending is remembered; of a forgotten one the bytes are only sent once more. */
export const BATCHES_REMEMBERED_MAX = 10_000;

/** Batches on their way: some eight hundred entries, several times what a slot takes from one router. */
export const BATCHES_OPEN_MAX = 16;

/** Batches that have not landed, those that rest included: a few users who cannot be settled hold up nobody else. */
export const BATCHES_READ_MAX = 256;

/** Of them brought on at the same time: each asks a node several things. */
export const BATCHES_AT_ONCE_MAX = 8;

/** Pairs of user and provider that are looked at for one turn's batches: more than they could take. */
export const DUE_PAIRS_MAX = 1_000;

/** An entry takes at most this share of the window's cap: a large debt leaves room for everybody else's. */
export const CAP_SHARE = 64n;

/** Providers whose accounts are opened in one transaction: their addresses fit its 1,232 bytes. */
export const PROVIDERS_PER_REGISTRATION_MAX = 8;

/** Milliseconds until a provider's account is asked for again that is not there yet. */
export const REGISTRATION_RETRY_MS = 30_000;

/** Receipts that are hashed at a time: some ten milliseconds, then requests have their turn. */
export const RECEIPTS_AT_ONCE_MAX = 200;

/** Trees that are kept for the next proof below the same root: some ten MiB each at most. */
export const PROOF_TREES_KEPT_MAX = 4;

/** Leaves of liabilities that are hashed before requests have their turn. */
export const LIABILITY_LEAVES_AT_ONCE = 200;

/** Milliseconds a root of liabilities is kept with its leaves: whoever asks late can still prove his own. */
export const LIABILITY_ROOTS_KEPT_MS = 7 * 86_400_000;

/** Milliseconds between two roots of liabilities. */
export const LIABILITY_ROOT_MS = 3_600_000;

/** Users for whom the chain has less before nobody is served any more: by then it is no longer about users. */
export const SHORT_USERS_MAX = 100;

/** Differences between chain and ledger that are said one by one. */
export const DIFFERENCES_LOGGED_MAX = 50;

/** Milliseconds between two decisions whether anything may be promised. */
export const PAUSE_LOOK_MS = 1_000;

/** Milliseconds between two looks at the lookup tables, or the settlement age where that is less: they help from the second batch of a user on. */
export const TABLE_TURN_MS = 60_000;

/** Milliseconds for which a wallet's settlements count as busy. */
export const TABLE_BUSY_MS = 86_400_000;

/** Wallets whose accounts are looked up at most, the busiest: the lookup tables have room for a little more. */
export const TABLE_WALLETS_MAX = 16_000;

/** Milliseconds a starting router waits for its chain: then it starts all the same, and promises nothing until it is seen. */
export const FIRST_LOOK_MS = 10_000;

/** Milliseconds in which `aimo-router reconcile` must have seen the whole chain: a scan of a large router takes a minute. */
export const RECONCILE_LOOK_MS = 120_000;
