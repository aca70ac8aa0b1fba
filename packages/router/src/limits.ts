// This router's own limits, each with its reason; docs/limits.md lists them.

/** A request body: images and files come as base64 (configurable with `AIMO_BODY_BYTES_MAX`). */
export const BODY_BYTES_MAX = 32 * 1024 * 1024;

/** The body of any other endpoint, such as a key to verify: strangers may send these, and they are parsed at once. */
export const SMALL_BODY_BYTES_MAX = 64 * 1024;

/** Request bodies held by the process at once, each until it is answered (configurable with `AIMO_BODIES_BYTES_MAX`). */
export const BODIES_BYTES_MAX = 512 * 1024 * 1024;

/** How many keys it takes at least to fill `BODIES_BYTES_MAX`: one alone gets this part of it, and at least one body. */
export const BODIES_SHARES = 4;

/** Requests one key may have running at once: ten such keys are needed to use every connection (configurable). */
export const REQUESTS_PER_KEY_MAX = 1_000;

/** Requests that the consoles of one wallet may have running at once: some models side by side, in some windows. */
export const CONSOLE_REQUESTS_MAX = 20;

/** Connections of clients: each costs some 20 KiB when it rests, so all of them 200 MiB (configurable). */
export const CONNECTIONS_MAX = 10_000;

/** Connections and links from one address of the Internet, or one /64 of IPv6: a large office's, not an attacker's (configurable). */
export const CONNECTIONS_PER_NETWORK_MAX = 1_000;

/** Connections beyond these bounds that are read until their first request: to say 503, and to let providers in. */
export const CONNECTIONS_SURPLUS_MAX = 1_000;

/** Milliseconds between two looks for connections that have been too slow: Node's own 30 s would more than double the timeouts. */
export const CONNECTIONS_LOOK_MS = 2_000;

/** All request headers together: a key and a browser's cookies fit many times. */
export const HEADER_BYTES_MAX = 32 * 1024;

/** Milliseconds a client may take to send its headers, against connections that trickle. */
export const HEADERS_TIMEOUT_MS = 20_000;

/** Milliseconds a client may take to send a whole request: 32 MiB over a slow home uplink. */
export const REQUEST_TIMEOUT_MS = 300_000;

/** Milliseconds an idle keep-alive connection is kept: longer than common load balancers', so that they close first. */
export const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** A provider's JSON answer: it is held whole, to be checked before the client sees any of it. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Bytes of answers in the process that cannot be passed on yet, or that clients have not taken: beyond it further ones
 * fail instead of exhausting memory (configurable with `AIMO_ANSWERS_BYTES_MAX`).
 */
export const ANSWERS_BYTES_MAX = 512 * 1024 * 1024;

/** Of this, what is not worth counting: an event that has not ended, or a reply, as long as the credit of one stream. */
export const ANSWER_UNCOUNTED_BYTES = 32 * 1024;

/** Bytes of a stream that wait for its client, beside what sockets hold: with more its provider is not asked for more of it. */
export const ANSWER_WAITING_BYTES_MAX = 16 * 1024;

/** Milliseconds a client may take nothing of an answer that has ended: the connection and the bytes are not its to keep. */
export const CLIENT_STALL_MS = 60_000;

/** A provider's error body: longer ones are cut, since only the message is passed on. */
export const ERROR_BODY_BYTES_MAX = 64 * 1024;

/** Characters of a provider's error text that a client is shown. */
export const ERROR_TEXT_CHARS_MAX = 2_000;

/** Provider links on this router: each holds a socket and a book of offers. */
export const LINKS_MAX = 10_000;

/** Links of one wallet: a provider's machines, not a way to crowd out others. */
export const LINKS_PER_WALLET_MAX = 64;

/** Request bytes waiting on one link: a provider that does not read gets no more requests, others do. */
export const LINK_QUEUED_BYTES_MAX = 64 * 1024 * 1024;

/** Milliseconds from the upgrade to a provider's hello: an authenticated peer that says nothing is closed. */
export const HELLO_TIMEOUT_MS = 10_000;

/** Milliseconds a peer has to answer a close before its socket is destroyed; also what a stopping router waits at most. */
export const LINK_CLOSE_TIMEOUT_MS = 2_000;

/** Milliseconds from a key's end to its link's end (api-keys.md). */
export const KEY_END_GRACE_MS = 5_000;

/** Milliseconds between a draining router's notice and the end of its links; running answers may use them. */
export const DRAIN_MS = 30_000;

/** Verified keys remembered, so that a key is verified once and not at every request. */
export const KEYS_CACHED_MAX = 50_000;

/** Milliseconds from a login's challenge to its end: time for a person to read a wallet's prompt. */
export const LOGIN_CHALLENGE_MS = 5 * 60_000;

/** Logins that one process lets in within the life of a challenge: what answered challenges may take in the database. */
export const LOGINS_MAX = 100_000;

/** Of them from one address of the Internet, or one /64 of IPv6: an office at nine in the morning. */
export const LOGINS_PER_NETWORK_MAX = 1_000;

/** Milliseconds after which newcomers are counted anew. */
export const NEWCOMERS_MS = 60_000;

/** Keys seen for the first time within that, and what wallets without a deposit issue or revoke: each leaves rows behind, a kilobyte. */
export const NEWCOMERS_MAX = 10_000;

/** Of them from one address of the Internet, or one /64 of IPv6: a rack of providers that starts at once. */
export const NEWCOMERS_PER_NETWORK_MAX = 300;

/** Milliseconds for which what a router has read of an issued key is taken for true: a change is seen everywhere within 1 s. */
export const ISSUED_KEY_CACHED_MS = 1_000;

/** Milliseconds between two looks for revocations of other instances: with the look itself, well within 1 s. */
export const REVOCATION_LOOK_MS = 400;

/** Revocations read at once; where there are more, the next are read at once too. */
export const REVOCATIONS_PER_LOOK_MAX = 1_000;

/** Last revocations remembered for keys that were being looked up when they came: those of some seconds, however many come. */
export const REVOCATIONS_REMEMBERED_MAX = 10_000;

/** Keys a wallet may revoke that this router has never seen: each is a row, kept because the key may still turn up. */
export const UNSEEN_REVOCATIONS_PER_WALLET_MAX = 1_000;

/** Milliseconds a session lasts at most: after a week whoever found a browser open must have the wallet too. */
export const SESSION_MS = 7 * 24 * 3_600_000;

/** Milliseconds a session lasts unused: a console left open overnight is still signed in, a forgotten one is not. */
export const SESSION_IDLE_MS = 24 * 3_600_000;

/** Milliseconds between two notes that a session was used: a write a minute, not one for every request. */
export const SESSION_TOUCH_MS = 60_000;

/** Sessions of one wallet: a person's browsers, with room for those that were closed without signing out. */
export const SESSIONS_PER_WALLET_MAX = 20;

/** Sessions in the database: some 200 MB with their indexes; wallets cost nothing to make, so strangers could fill it. */
export const SESSIONS_MAX = 500_000;

/** Milliseconds between two sweeps of sessions and used challenges. */
export const SESSIONS_SWEEP_MS = 60_000;

/** Logins after which they are swept earlier: how far the bound of all sessions may be passed meanwhile. */
export const SESSIONS_SWEEP_LOGINS = 10_000;

/** Rows that a sweep deletes in one statement: it must end well within what a statement may take. */
export const SESSIONS_SWEPT_AT_ONCE_MAX = 5_000;

/** Issued keys of one wallet: one for each person of a company, and their list is still read at once. */
export const ISSUED_KEYS_PER_WALLET_MAX = 1_000;

/** Keys in one page of the list. */
export const KEYS_PER_PAGE_MAX = 100;

/** Models an issued key may be held to: a longer list says nothing that a person has decided. */
export const ALLOWED_MODELS_MAX = 100;

/** Milliseconds that the date of a signed revocation may differ from this router's clock. */
export const REVOCATION_DATE_MS = 10 * 60 * 1000;

/** Milliseconds an answer is held back for its first output, so that failures can still fail over (http-api.md). */
export const HOLD_BACK_MS = 10_000;

/** Milliseconds that must be left of a request's total deadline for another provider to be asked: in less it could only fail. */
export const ATTEMPT_MS_MIN = 50;

/** Characters of not yet shown events held back meanwhile: role chunks are short, a provider that sends more is answered from. */
export const HELD_EVENTS_CHARS_MAX = 32 * 1024;

/** Milliseconds an answer that has said why it stops is read on when its client has left: usage comes within one round trip. */
export const LEFT_ANSWER_MS = 5_000;

/** Milliseconds between keep-alive comments to a client that waits. */
export const KEEP_ALIVE_COMMENT_MS = 10_000;

/** Levels a request body may nest: schemas of tools go a few dozen deep. */
export const JSON_DEPTH_MAX = 256;

/** Values in a request body: far more than the longest conversation has, and parsed in a fraction of a second. */
export const JSON_VALUES_MAX = 500_000;

/** Levels that an answer, or an event of one, may nest: as those of a request. */
export const ANSWER_DEPTH_MAX = 256;

/** Values in an answer or an event: 16,000 tokens with the probabilities of twenty others each, parsed into some 100 MB. */
export const ANSWER_VALUES_MAX = 2_000_000;

/** Probabilities a whole answer may be asked for: as many as `ANSWER_VALUES_MAX` has room for, at six values each. */
export const ANSWER_PROBABILITIES_MAX = 330_000;

/** Lines in one event of an answer: one a token in the longest answers there are; millions would stop the process for seconds. */
export const EVENT_LINES_MAX = 100_000;

/** Choices one request may ask for, and an answer may have: each multiplies the cost. */
export const CHOICES_MAX = 128;

/** Images, recordings and files of one request: more than any model takes, and the ledger has a small column for them. */
export const MEDIA_PARTS_MAX = 10_000;

/** Messages of one request; far above any context length. */
export const MESSAGES_MAX = 100_000;

/** Spans waiting for their export: a collector that is away costs spans, never memory. */
export const SPANS_QUEUED_MAX = 2_048;

/** Spans of one export: some hundred KiB. */
export const SPANS_PER_EXPORT_MAX = 512;

/** Milliseconds spans gather before they are exported. */
export const SPAN_EXPORT_DELAY_MS = 2_000;

/** Milliseconds for one export with its retries. */
export const SPAN_EXPORT_TIMEOUT_MS = 5_000;

/** Milliseconds a stopping router gives the spans that still wait. */
export const SPANS_FLUSH_MS = 3_000;

/** Characters of a client's `tracestate`: what the standard asks everybody to keep. */
export const TRACESTATE_CHARS_MAX = 512;

/** The body of a first-generation preflight: a reseller's whole catalogue at 500 bytes a model. */
export const PREFLIGHT_BODY_BYTES_MAX = 1024 * 1024;

/** Models in one preflight: each is an offer in the book and in the wallet's file. */
export const PREFLIGHT_MODELS_MAX = 2_000;

/** Wallets whose last preflight is kept: wallets cost nothing to make, and this bounds their files to about 2 GiB. */
export const PREFLIGHT_WALLETS_MAX = 1_000;

/** Requests at once on a first-generation link, which cannot say how many it takes: what one inference server serves well. */
export const FIRST_GENERATION_REQUESTS_MAX = 64;

/** One message of a first-generation proxy; a JSON answer comes whole in one, images included. */
export const FIRST_GENERATION_MESSAGE_BYTES_MAX = 32 * 1024 * 1024;

/** Values in such a message: seven, and a header each; far more would stop the process while they are parsed. */
export const FIRST_GENERATION_MESSAGE_VALUES_MAX = 1_000;

/** Bytes of messages that have not come whole yet, of all first-generation links: without it strangers could fill the memory. */
export const FIRST_GENERATION_INCOMING_BYTES_MAX = 512 * 1024 * 1024;

/** One message to a first-generation proxy: the most that its WebSocket library reads. */
export const FIRST_GENERATION_REQUEST_BYTES_MAX = 64 * 1024 * 1024;

/** One WebSocket fragment to it: pings go between two, and its library reads at most 16 MiB in one. */
export const FIRST_GENERATION_FRAGMENT_BYTES = 256 * 1024;

/** Answer bytes that wait for a client, of one request: a first-generation proxy cannot be told to send less. */
export const FIRST_GENERATION_WAITING_BYTES_MAX = 8 * 1024 * 1024;

/** The same of all requests in the process. */
export const FIRST_GENERATION_WAITING_BYTES_TOTAL_MAX = 256 * 1024 * 1024;

/** Milliseconds a request that nobody wants any more keeps its slot at most: the proxy cannot be told, its model works on. */
export const FIRST_GENERATION_ABANDONED_MS = 600_000;

/** Characters of an `Idempotency-Key`: a UUID, or a hash, and a name before it. */
export const IDEMPOTENCY_KEY_CHARS_MAX = 255;

/** Characters of what a provider's moderation flagged that its client is told: as many as OpenRouter's errors have. */
export const FLAGGED_INPUT_CHARS_MAX = 100;

/** Reasons of a moderation that are passed on: there are a dozen categories in use. */
export const MODERATION_REASONS_MAX = 20;

/** Characters of one reason, which is a word or two. */
export const MODERATION_REASON_CHARS_MAX = 100;

/** The longest `Retry-After` of a provider that counts: who is told to wait longer may as well ask again. */
export const RETRY_AFTER_MS_MAX = 10 * 60_000;

/** Completion tokens of a stream that tell how fast it is: of fewer, chance decides. */
export const SPEED_TOKENS_MIN = 16;

/** Milliseconds from the first output of a stream to its end that tell how fast it is: in fewer all of it came at once. */
export const SPEED_MS_MIN = 50;

/** Requests for each that may be asked of two providers at once: a twentieth more load bounds what hedging costs everybody. */
export const REQUESTS_PER_HEDGE = 20;

/** Hedges that quiet requests save up: a burst of slow answers is helped at once, and no more than so many. */
export const HEDGES_SAVED_MAX = 10;
