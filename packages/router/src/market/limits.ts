// The market's limits, each with its reason; docs/limits.md lists them.

/** Providers tried for one request: more would only make a failing client wait. */
export const PLAN_OFFERS_MAX = 3;

/** Of a model's traffic, what all offers together get that are not known yet: enough to become known by, too little to live on. */
export const NEWCOMERS_SHARE_MAX = 0.05;

/** Of a model's traffic, what all offers together get that have been known for less than `YOUNG_MS`, newcomers included. */
export const YOUNG_SHARE_MAX = 0.09;

/** Milliseconds for which an offer is young: wallets cost nothing to make, a day of answers to strangers does. */
export const YOUNG_MS = 24 * 3_600_000;

/** An offer whose first output takes so many times as long as its model's median is asked after the others. */
export const SLOW_FACTOR = 3;

/** Milliseconds that it must be slower besides: among quick ones three times as long may be nothing. */
export const SLOW_MS_MIN = 200;

/** Milliseconds for which what has been measured is taken as it was: shares that are a second old are no worse. */
export const VIEW_MS_MAX = 1_000;

/** Milliseconds for which it is taken even where some offer's tier has changed: whoever is about to be asked is looked at anyway. */
export const VIEW_MS_MIN = 100;

/** Offers for each of which views last as long again: a view of thousands takes milliseconds to make. */
export const VIEW_OFFERS_AT_ONCE = 1_000;

/** Offers of one model that are measured anew at once: of thousands the rest has its turn with the next looks. */
export const MEASURED_AT_ONCE_MAX = 500;

/** Models whose tries of offers that are not good are counted; the least recently asked is forgotten. */
export const MODELS_PROBED_MAX = 20_000;

/** Of a model's requests, what may go first to offers that are not good, to see whether they are again. */
export const PROBES_SHARE_MAX = 0.005;

/** Milliseconds after which one such try is allowed however few requests there are: or nobody would come back on a quiet model. */
export const PROBE_EVERY_MS = 60_000;

/** Tries of one model that may be saved up: those that a short quiet time has left. */
export const PROBES_SAVED_MAX = 3;

/** Bytes of a request whose first output tells how quick its offer is: reading some thousand tokens takes no noticeable time. */
export const SHORT_PROMPT_BYTES_MAX = 16 * 1024;

/** Bytes of a request from which on an offer whose context was found short comes after the others: fewer fit any context. */
export const CONTEXT_DOUBTED_BYTES = 4_096;

/** Offers that an explanation lists: what people can read, and a few hundred KiB at most. */
export const EXPLAINED_MAX = 500;

/** Milliseconds between two entries of an offer in the history of prices: who changes more often is shown by its latest price. */
export const PRICE_EVERY_MS = 60_000;

/** Entries kept of an offer: a price that changes every day fits half a year. */
export const PRICES_PER_OFFER_MAX = 200;

/** Entries kept of a wallet: every offer of a large link twice; a stranger's invented names end here. */
export const PRICES_PER_WALLET_MAX = 20_000;

/** Milliseconds that an entry is kept: as long as generations are, by default. */
export const PRICES_KEPT_MS = 400 * 24 * 3_600_000;

/** Prices that wait to be written, while the database is away or their minute has not passed: some 20 MB when full. */
export const PRICES_WAITING_MAX = 50_000;

/** Prices known to be written, so that nobody asks the database about them again: some 20 MB when full. */
export const PRICES_KNOWN_MAX = 100_000;

/** Prices written in one transaction: a few milliseconds of the database. */
export const PRICES_WRITTEN_AT_ONCE_MAX = 500;

/** Milliseconds between two such transactions: what comes meanwhile is written together. */
export const PRICES_WRITE_REST_MS = 2_000;

/** Entries of the history in one answer: more than a person reads, and one read of an index. */
export const PRICES_READ_MAX = 500;

/** Offers whose health is kept in memory, up to 9 KB each and mostly a fraction; the least recently asked for is forgotten. */
export const HEALTH_OFFERS_MAX = 20_000;

/** Payers of one offer that are told apart: with more the last ones decide, and they say the same sooner. */
export const HEALTH_PAYERS_PER_OFFER_MAX = 64;

/** Attempts of one payer at one offer that count in five minutes: nobody's thousand quick answers outweigh nine others' few. */
export const HEALTH_COUNTED_PER_PAYER_MAX = 5;

/** Milliseconds after which what a payer has seen of an offer says nothing of how it is now. */
export const HEALTH_RECENT_MS = 300_000;

/** Milliseconds of an outage, after which an offer is tried again (http-api.md, "Choosing"). */
export const HEALTH_OUTAGE_MS = 30_000;

/** Milliseconds between two tries of an offer that is degraded. */
export const HEALTH_PROBE_MS = 2_000;

/** Milliseconds that a try after an outage is waited for before the next one: it may never be told of. */
export const HEALTH_PROBE_ANSWER_MS = 5_000;

/** Successes in a row that an offer needs at most to be good again: with a try every two seconds less than a minute. */
export const HEALTH_PROOF_MAX = 20;

/** Milliseconds that an offer rests at least when it asks to be left alone: less would be asked again by the same plan. */
export const HEALTH_REST_MS_MIN = 1_000;

/** Milliseconds that it rests at most, whatever it asks for: an hour's quota may have been raised meanwhile. */
export const HEALTH_REST_MS_MAX = 600_000;

/** Milliseconds that it rests at most for everybody, and where it does not say how long: what two payers have heard may be their doing. */
export const HEALTH_REST_ALL_MS_MAX = 60_000;

/** Payers an offer has turned away that are remembered: more are turned away by an offer that rests for everybody. */
export const HEALTH_RESTING_PAYERS_MAX = 16;

/** Milliseconds between two exchanges of what instances know: so much later another instance hears of an outage. */
export const HEALTH_SHARE_MS = 2_000;

/** Milliseconds for which a router that starts waits for all that is known: what takes longer is learnt while it serves. */
export const HEALTH_FIRST_READ_MS = 5_000;

/** Five-minute records that one statement brings to the database: some 100 KB, a fraction of a second. */
export const HEALTH_BATCH_SLOTS_MAX = 1_000;

/** Such statements of one exchange: what gathered while the database was away goes within seconds. */
export const HEALTH_BATCHES_PER_TURN_MAX = 10;

/** Five-minute records that wait while the database is away: all of a full market's; beyond it new ones stay in this instance. */
export const HEALTH_WAITING_SLOTS_MAX = 20_000;

/** Milliseconds between two rounds of deleting old records. */
export const HEALTH_TIDY_MS = 60_000;

/** Failures of a check, some time apart, with which an offer loses what it was checked for: one failure is no proof. */
export const FAILURES_TO_WITHDRAW = 2;

/** Passes in a row with which it has it again: who guesses a colour seldom guesses two. */
export const PASSES_TO_RETURN = 2;

/** Rounds in a row that decide whether an offer counts tokens like the others. */
export const ROUNDS_TO_DECIDE = 2;

/** Milliseconds for which a check that has passed proves something: who then answers nothing that can be judged is as unknown as at first. */
export const VERIFIED_MS = 3 * 24 * 3_600_000;

/** Tokens that two counts of one prompt may differ by, beside 2 %: chat templates add some words of their own. */
export const CANARY_TOKENS_APART_MAX = 24;

/** Words of small talk before a canary's question, at least: few enough tokens would hide an inflated count among a template's. */
export const CANARY_WORDS_MIN = 120;

/** And at most: some 500 tokens, which cost a fraction of a cent nearly everywhere. */
export const CANARY_WORDS_MAX = 380;

/** Output tokens of a canary: enough to compare them with the words they say. */
export const CANARY_OUTPUT_TOKENS_MAX = 64;

/** Completion tokens below which their number says nothing about how they are counted. */
export const CANARY_COMPLETION_TOKENS_MIN = 16;

/** How many times fewer bytes than the others' a token of an answer must have to be made up: tokenizers differ by far less. */
export const CANARY_BYTES_PER_TOKEN_FACTOR = 2;

/** Output tokens of the other probes: a short thought and a short answer. */
export const PROBE_OUTPUT_TOKENS_MAX = 512;

/** Output tokens of the same where the offer says that it reasons: it has to come to an end first. */
export const PROBE_REASONING_TOKENS_MAX = 2_048;

/** Words of the probe of a declared context: some 2,700 tokens, more than servers keep that were never told a context length. */
export const CONTEXT_PROBE_WORDS_MAX = 2_000;

/** Characters of a probe's answer that are looked at: no probe asks for nearly as much. */
export const PROBE_ANSWER_CHARS_MAX = 64 * 1024;

/** Offers whose findings are held: all that 30 days of examining can leave; the least recently changed are forgotten first. */
export const FINDINGS_KEPT_MAX = 100_000;

/** Milliseconds after which what is known of an offer that nobody has seen is forgotten: a month's holiday. */
export const FINDING_UNSEEN_MS = 30 * 24 * 3_600_000;

/** Models one request may name, with its fallbacks: more than the providers that are tried for it. */
export const MODELS_OF_REQUEST_MAX = 8;

/** Providers in one list of a request's `provider`: each offer is compared with each of them. */
export const PROVIDERS_NAMED_MAX = 100;

/** Characters of each of two messages by which a conversation is known again: its first words, which tell it from others. */
export const PREFIX_CHARS_MAX = 2_048;

/** Messages in which the first one of a user is looked for, for that. */
export const PREFIX_MESSAGES_MAX = 16;

/** Milliseconds that an offer which may be hedged is waited for at least: below it a second request would only cost. */
export const HEDGE_MS_MIN = 250;

/** Milliseconds that it is waited for at most. */
export const HEDGE_MS_MAX = 10_000;

/** Milliseconds after which a link that announces without end may change its offers once more. */
export const ANNOUNCEMENT_EVERY_MS = 1_000;

/** Announcements that count at once: a provider that edits its configuration, and tries this and that, makes fewer. */
export const ANNOUNCEMENTS_SAVED_MAX = 60;
