// The ledger's limits, each with its reason; docs/limits.md lists them.

/** Connections to the database: more would only queue inside it, and several routers share what it has (configurable). */
export const DATABASE_CONNECTIONS_MAX = 10;

/** Milliseconds for a statement, and for a connection to run it: a client learns of a lost database within two seconds. */
export const DATABASE_ANSWER_MS = 1_800;

/** Milliseconds a statement waits for rows that another transaction holds: those of the hot path hold them for a few. */
export const DATABASE_LOCK_MS = 1_000;

/** Milliseconds a transaction may rest between two statements, so that a stuck router does not keep other routers' rows. */
export const DATABASE_IDLE_TRANSACTION_MS = 10_000;

/** Milliseconds an unused connection of the pool is kept: a quiet router gives them back. */
export const DATABASE_IDLE_CONNECTION_MS = 60_000;

/** Milliseconds of silence after which the system probes a connection, against firewalls that forget idle ones. */
export const DATABASE_KEEP_ALIVE_MS = 10_000;

/** Milliseconds for all migrations together, and for other routers to wait for them: large tables are rewritten in it. */
export const MIGRATION_MS = 600_000;

/** Locks, and charges, of one batch: a round trip of some 30 ms, in which the next one gathers (bench/README.md). */
export const LEDGER_BATCH_MAX = 1_024;

/** Locks that wait for the ledger: four batches, beyond which a request would wait longer than it takes to say 503. */
export const LEDGER_LOCKS_WAITING_MAX = 4_096;

/** Charges that wait for a database that is away; beyond it no new request is taken on, so that every charge finds room. */
export const LEDGER_CHARGES_WAITING_MAX = 20_000;

/** Milliseconds between two tries to post charges while the database is away. */
export const LEDGER_RETRY_MS = 250;

/** Numbers of wallets, models and prices remembered, of each kind: some 10 MB when full; what is forgotten is asked for again. */
export const NUMBERS_KEPT_MAX = 50_000;

/** Milliseconds an instance counts as alive after it was heard of: four renewals may be lost before its attempts are orphans. */
export const INSTANCE_LEASE_MS = 20_000;

/** Milliseconds between two renewals of an instance's lease. */
export const INSTANCE_RENEW_MS = 4_000;

/** Milliseconds between two looks for locks whose deadline has passed: what a crashed router held comes back this much later. */
export const SWEEP_MS = 1_000;

/** Locks expired in one transaction, which holds their users' rows meanwhile; the next follows at once. */
export const LOCKS_EXPIRED_PER_TURN_MAX = 1_000;

/** Milliseconds an ended lock is kept: longer than a proxy keeps Ends it may replay (24 h). */
export const LOCKS_KEPT_MS = 48 * 60 * 60 * 1000;

/** Milliseconds between two rounds of tidying: partitions ahead, old locks away. */
export const TIDY_MS = 60_000;

/** Ended locks, or old receipts, deleted by one statement: a fraction of a second, in which others' batches are not held up. */
export const ROWS_DELETED_AT_ONCE_MAX = 5_000;

/** Such statements of a kind in one round: together more than a router of 4,500 requests per second makes in a minute. */
export const DELETING_TURNS_MAX = 100;

/** Days of partitions made ahead: a router that is off over a weekend still finds Monday's. */
export const PARTITIONS_AHEAD_DAYS = 3;

/** Differences of one kind that `check-ledger` prints: enough to see what is wrong; the rest are counted. */
export const LEDGER_DIFFERENCES_SHOWN_MAX = 50;

/** Milliseconds one question of `check-ledger` may take: it reads everything there is, on a machine that serves meanwhile. */
export const LEDGER_CHECK_MS = 3_600_000;

/** Days that the journal and the generations of are kept, after they are closed (configurable): a year and a month to ask about. */
export const HISTORY_DAYS = 400;

/** Milliseconds that receipts are kept longer than their generations: a batch's tree has leaves of late answers, two days old. */
export const RECEIPTS_LONGER_MS = 3 * 24 * 60 * 60 * 1000;

/** Partitions dropped in one transaction: each holds up the batches for a few milliseconds. */
export const PARTITIONS_DROPPED_AT_ONCE_MAX = 4;

/** Milliseconds between two looks whether the books balance: it sums every account. */
export const IMBALANCE_LOOK_MS = 60_000;

/** Milliseconds for one statement that closes a day or sums every account: a busy day has hundreds of millions of rows. */
export const HISTORY_ANSWER_MS = 1_800_000;

/** Milliseconds between two tries of an instance to lead a job: so long a job rests when its leader died. */
export const LEADERSHIP_TRY_MS = 2_000;

/** Milliseconds after which the database takes a leader's connection that says nothing for dead, whatever became of its machine. */
export const LEADERSHIP_SILENCE_MS = 20_000;

/** Apps remembered by their names: some 15 MB when full; what is forgotten is asked for again. */
export const APPS_KEPT_MAX = 50_000;

/** Apps that are not remembered and may be asked for in a minute, by one wallet's requests: programs of one owner name a few. */
export const APPS_ASKED_PER_WALLET_MAX = 20;

/** The same by all requests: some 30 small statements a second, whoever comes. */
export const APPS_ASKED_MAX = 2_000;

/** Apps that the requests of one wallet may name first, ever: its owner's own, and those it is an early user of. */
export const APPS_MADE_PER_WALLET_MAX = 200;

/** Apps with a number, of everybody: some 300 MB with their indexes. */
export const APPS_MAX = 1_000_000;

/** Apps that one wallet's requests are counted for in a day: each is a row a day that is kept for good. */
export const APPS_PER_WALLET_AND_DAY_MAX = 30;

/** Wallets whose apps of the day are counted, some 20 MB when full; the one that asked longest ago begins anew. */
export const APP_WALLETS_COUNTED_MAX = 10_000;

/** Milliseconds between two looks whether a day is over that has no rankings of apps. */
export const APP_RANKINGS_LOOK_MS = 600_000;

/** Milliseconds after its end in which a day's last answers still end and are charged. */
export const APP_RANKINGS_WAIT_MS = 3_600_000;

/** Days back for which missing rankings are made: after a week's rest nobody asks for more. */
export const APP_RANKINGS_BACK_DAYS = 7;

/** Nano-USDC that a wallet must have paid in the ranked days to count: a cent, so that a thousand made-up wallets cost something each. */
export const APP_PAYER_NANO_USDC_MIN = 10_000_000n;

/** Wallets behind whatever is named in public: with fewer, a sum would tell what somebody in particular does. */
export const APP_WALLETS_MIN = 10;

/** Apps in a ranking: as many as OpenRouter's pages reach. */
export const APPS_RANKED_MAX = 200;

/** Models named with an app. */
export const APP_MODELS_MAX = 10;
