// Every limit of the command line, each with its reason.

/** For one answer of a router: it answers in milliseconds, and a person who waits longer thinks it hangs. */
export const ROUTER_ANSWER_MS = 30_000;
/** Of one answer of a router that is read into memory: the list of 5,000 models is 9 MB. */
export const ROUTER_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** Routers whose place is remembered; the one that was not used for longest goes first. */
export const KNOWN_ROUTERS_MAX = 100;
/** Bytes of the file of these routers: ten thousand for each, whose URLs have some hundred characters. */
export const KNOWN_ROUTERS_BYTES_MAX = 1024 * 1024;
/** Bytes of the settings of Solana's own command line, which are six lines. */
export const SOLANA_SETTINGS_BYTES_MAX = 64 * 1024;
/** How long a key that a command signs for itself is valid: longer than any command but a chat, which signs another. */
export const OWN_KEY_MS = 10 * 60_000;
/** For one answer of a Solana node: public ones queue. */
export const NODE_ANSWER_MS = 30_000;
/** Of one answer of a Solana node that is read into memory: a directory of 10,000 routers is 10 MB. */
export const NODE_ANSWER_BYTES_MAX = 64 * 1024 * 1024;
/** How often a question is put again after an answer that cannot be: whoever errs more often wants to read up first. */
export const ANSWER_TRIES_MAX = 3;
/** Lines that a conversation offers again with the arrow keys; they are in memory only. */
export const LINES_KEPT_MAX = 100;
/** Between two questions to a router after a transaction, of which each asks its node. */
export const ROUTER_LANDING_POLL_MS = 1_000;
/** For a deposit that has landed to be credited: a router looks at the chain every second. */
export const CREDIT_WAIT_MS = 60_000;
/** Between two questions after the balance. */
export const CREDIT_POLL_MS = 1_000;
/** Of a key or private key that is piped in: the longest there is, a key file, has under 300 characters. */
export const SECRET_INPUT_BYTES_MAX = 4_096;
/** Issued keys in one question to a router: as many as it answers. */
export const ISSUED_KEYS_PER_PAGE = 100;
/** Issued keys that are listed: more than anybody reads, and a bound for a router that never ends its list. */
export const ISSUED_KEYS_LISTED_MAX = 10_000;
/** Keys that are revoked at once: a command line is no place for more, and each is signed by itself. */
export const REVOKED_AT_ONCE_MAX = 100;
/** SOL of a settler below which `router status` warns, in lamports: some hundred batches, and four providers' accounts. */
export const SETTLER_LAMPORTS_LOW = 10_000_000n;
/** Looks at the chain beside a router's word, which may be of a moment before: on a busy router each finds other numbers. */
export const SOLVENCY_LOOKS_MAX = 3;
/** Between two of them: a router reads the chain once a second. */
export const SOLVENCY_LOOK_MS = 1_500;
/** Silence in a streamed answer: a router sends a comment every ten seconds, so nobody is there any more. */
export const STREAM_SILENCE_MS = 60_000;
/** Characters of one answer that are kept: more than any model writes, and a stream without end must end. */
export const ANSWER_CHARS_MAX = 16 * 1024 * 1024;
/** Characters of a conversation: a router takes bodies of 32 MiB, and no model reads as much. */
export const CONVERSATION_CHARS_MAX = 8 * 1024 * 1024;
/** Bytes that `run` takes from standard input, and from a file: as base64 they fit into a request. */
export const RUN_INPUT_BYTES_MAX = 16 * 1024 * 1024;
/** How often a router is asked what an answer cost that was broken off: it reads on for five seconds at most. */
export const CHARGE_TRIES_MAX = 16;
/** Between two of these questions. */
export const CHARGE_POLL_MS = 500;
/** How long the key of a conversation is valid: a working day. The next is signed when it is used up. */
export const CHAT_KEY_MS = 12 * 60 * 60_000;
/** A conversation's key is replaced so long before it ends, so that no answer outlives it. */
export const CHAT_KEY_REST_MS = 15 * 60_000;
/** Seconds of `allowance_notice` that a router with default settings needs: twice what a request and its settlement take. */
export const NOTICE_SECONDS_LOW = 2_880n;
/** Models whose standing `provider status` asks for: each is a question of its own, and few screens show more. */
export const PROVIDER_MODELS_SHOWN_MAX = 200;
/** Questions about models that are asked at once: the router counts them as one visitor's. */
export const PROVIDER_QUESTIONS_AT_ONCE = 8;
/** Days of earnings that are listed: as many as a router tells. */
export const EARNINGS_DAYS_MAX = 31;
/** Of a transaction in base64: 1,232 bytes. */
export const TRANSACTION_CHARS_MAX = 1_644;
/** For an upstream to list its models: a local server that loads a model answers late. */
export const UPSTREAM_LIST_MS = 20_000;
/** Bytes of that list: marketplaces with thousands of models have 1 MB. */
export const UPSTREAM_LIST_BYTES_MAX = 8 * 1024 * 1024;
/** Models of a market whose offers are asked for to propose a price: those of one slug by all authors are few. */
export const PRICED_MODELS_MAX = 20;
/** Lamports beside the rent that a payer needs to open a router: three signatures, and a busy day's price for a place in a block. */
export const OPENING_FEE_LAMPORTS = 200_000n;
/** For one question of the doctor: a person waits for all of them together, and they run side by side. */
export const DOCTOR_QUESTION_MS = 20_000;
/** For the proxy's own check within the doctor: a model that is loaded first takes that long. */
export const DOCTOR_CHECK_MS = 90_000;
/** Between this clock and a router's: keys from five minutes in its future on are refused, and a command's own live for ten. */
export const CLOCK_SKEW_MAX_MS = 120_000;
/** SOL of a wallet, in lamports, below which it is not enough: twenty signatures. */
export const WALLET_LAMPORTS_LOW = 100_000n;
/** Bytes of a file of variables beside a config: as many as the proxy reads. */
export const VARIABLES_FILE_BYTES_MAX = 256 * 1024;
/** Before a key ends that the doctor mentions it: a week to make another one. */
export const KEY_ENDS_SOON_MS = 7 * 24 * 60 * 60_000;
/** Answers in one question to a router: as many as it gives. */
export const GENERATIONS_PER_PAGE = 100;
/** Answers that `activity` lists: more is for `--csv` day by day. */
export const GENERATIONS_LISTED_MAX = 1_000;
/** Pages that are asked for them: pages may be short, and a router that never ends must end. */
export const GENERATION_PAGES_MAX = 50;
/** For a settlement that a node has confirmed to become final: it takes some 13 seconds. */
export const FINAL_WAIT_MS = 40_000;
/** Between two questions after that: public nodes count them. */
export const FINAL_POLL_MS = 2_000;
