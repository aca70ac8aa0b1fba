// The limits of one proxy process, each with its reason; docs/limits.md lists them.

/** Bytes of one request body: what routers let pass at most, so nothing a router accepted fails here. */
export const REQUEST_BODY_BYTES_MAX = 64 * 1024 * 1024;

/** Levels a request body may nest: what routers let pass at most. */
export const REQUEST_DEPTH_MAX = 256;

/** Values in a request body: what routers let pass at most, since parsing more would stop the process. */
export const REQUEST_VALUES_MAX = 500_000;

/** Bytes of request bodies held at once: a burst of images must not take the memory of the model beside us. */
export const REQUEST_BYTES_HELD_MAX = 512 * 1024 * 1024;

/** Answer bytes one stream may queue for its router before the upstream is no longer read: what a slow reader costs. */
export const ANSWER_QUEUED_BYTES_MAX = 64 * 1024;

/** Bytes of an answer in one piece that are kept to read its usage; beyond it the router's own reading stands alone. */
export const ANSWER_READ_BYTES_MAX = 16 * 1024 * 1024;

/** Milliseconds until a router has answered the handshake: longer than any round trip, shorter than a person waits. */
export const HANDSHAKE_MS = 10_000;

/** Milliseconds until a router that took the connection has sent its welcome. */
export const WELCOME_MS = 10_000;

/** Bytes read of a router's refusal: an error body fits, a web page is cut. */
export const REFUSAL_BYTES_MAX = 64 * 1024;

/** Bytes read of what a router says of itself: a few hundred, with room for what later versions add. */
export const ROUTER_FACTS_BYTES_MAX = 64 * 1024;

/** The least upper bound of a reconnect delay in milliseconds: a restarted router is found again at once. */
export const RECONNECT_MS_MIN = 500;

/** The greatest upper bound of a reconnect delay in milliseconds: a router that is down all night costs nothing. */
export const RECONNECT_MS_MAX = 30_000;

/** Milliseconds a link must have lived for its next loss to count as the first: else a crash loop is met by a loop. */
export const LINK_PROVEN_MS = 30_000;

/** Milliseconds within which proxies return to a drained router, spread by chance. */
export const DRAIN_SPREAD_MS = 5_000;

/** Milliseconds to wait for acknowledgements of the last Ends before a drained link closes; the spool keeps the rest. */
export const ACKNOWLEDGE_MS = 2_000;

/** Milliseconds without any answer after which replayed Ends are sent again: a router whose ledger was away has it back by then. */
export const REPLAY_AGAIN_MS = 30_000;

/** Milliseconds running requests get to finish after SIGTERM: as long as a request runs by default. */
export const DRAIN_GRACE_MS = 600_000;

/** Bytes of one page of offers: well under the payload limit of a frame. */
export const OFFERS_PAGE_BYTES_MAX = 128 * 1024;

/** Milliseconds an End waits in memory for its acknowledgement before it is written: most never touch the disk. */
export const SPOOL_DELAY_MS = 1_000;

/** Lines of the spool file beyond the Ends it keeps before it is written anew. */
export const SPOOL_SPARE_LINES_MAX = 10_000;

/** Bytes of a spool file that are read back: more than the kept Ends can fill is not ours. */
export const SPOOL_BYTES_MAX = 64 * 1024 * 1024;

/** Different hosts of media in one request that are looked up. */
export const MEDIA_HOSTS_MAX = 16;

/** Levels of nesting in a message below which media are looked for; OpenAI's content parts have three. */
export const MESSAGE_DEPTH_MAX = 8;

/** Rate-limit hints of an upstream that are passed back. */
export const RATE_LIMIT_HEADERS_MAX = 16;

/** Characters of a header value that is passed either way, unless the link's schema allows less. */
export const HEADER_CHARS_MAX = 1_024;

/** Milliseconds after which an abandoned attempt to connect is cleaned up; each call has its own, shorter deadline. */
export const CONNECT_ABANDONED_MS = 60_000;

/** Milliseconds the config file must rest after a change before it is read: editors write in several steps. */
export const RELOAD_REST_MS = 250;

/** Milliseconds between two drawings of the status line. */
export const STATUS_LINE_MS = 500;

/** Milliseconds `health` waits for the proxy beside it: less than the three seconds container engines usually allow. */
export const HEALTH_ANSWER_MS = 2_000;

/** Bytes of a file of variables beside the config: thousands of them, and no log that was named so by mistake. */
export const VARIABLES_FILE_BYTES_MAX = 256 * 1024;

/** Bytes of an upstream's answer that `check` reads. */
export const CHECK_ANSWER_BYTES_MAX = 1024 * 1024;
