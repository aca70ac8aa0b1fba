// The limits both ends of a provider link keep to, each with its reason; docs/limits.md lists them.

/** One frame's payload: small enough that no frame delays another stream noticeably (wire.md). */
export const FRAME_PAYLOAD_BYTES_MAX = 256 * 1024;

/** A frame that may share its message with others: copying a longer one would cost more than a message of its own. */
export const BATCHED_FRAME_BYTES_MAX = 16 * 1024;

/** Body bytes a router may send on a new stream before the proxy grants more: most prompts fit without a round trip. */
export const REQUEST_CREDIT_BYTES = 1024 * 1024;

/** Body bytes a proxy may send on a new stream before the router grants more: what one slow reader costs the router. */
export const RESPONSE_CREDIT_BYTES = 32 * 1024;

/** The greatest credit a peer can hold: the field on the wire is a u32. */
export const CREDIT_BYTES_MAX = 2 ** 32 - 1;

/** Bytes handed to the socket and not yet sent: more would delay control frames behind bodies. */
export const SOCKET_BYTES_MAX = 512 * 1024;

/** Body bytes one stream sends in its turn: keeps a large upload from delaying another stream's first token. */
export const BODY_TURN_BYTES = 32 * 1024;

/** Control frames waiting for a socket that does not drain: a peer that lets more pile up is dead or hostile. */
export const CONTROL_FRAMES_QUEUED_MAX = 16_384;

/** Offers on one link, over all pages: a reseller's whole catalogue, and a bound for the router's book. */
export const OFFERS_PER_LINK_MAX = 10_000;

/** Offers in one page: keeps a page of long names well under the payload limit. */
export const OFFERS_PER_PAGE_MAX = 100;

/** Requests one link carries at once, whatever `max_concurrency` its hello asks for. */
export const STREAMS_PER_LINK_MAX = 4_096;

/** Stream ids on one link; a link that has used them drains and reconnects. */
export const STREAM_ID_MAX = 2 ** 32 - 1;

/** Milliseconds between pings; two unanswered ones mean that the link is dead. */
export const HEARTBEAT_MS = 15_000;

/** Tries of one request, each at another provider: their ids have two bits for it, and plans are shorter. */
export const ATTEMPTS_PER_REQUEST_MAX = 4;

/** Ends a proxy keeps until they are acknowledged: a router that is away for longer loses the oldest. */
export const ENDS_KEPT_MAX = 10_000;

/** Milliseconds a proxy keeps an unacknowledged End: no router accepts a replay later than this. */
export const ENDS_KEPT_MS = 24 * 60 * 60 * 1000;

/** Replayed Ends of one link that wait for their answers at once: ten thousand of them come back in a few hundred round trips. */
export const REPLAYS_AT_ONCE_MAX = 32;

/** Characters of one server-sent event: images come back as one event of base64. */
export const SSE_EVENT_CHARS_MAX = 16 * 1024 * 1024;

/** A request body that is read as one text: reading a larger one whole would stop everything else for milliseconds. */
export const WHOLE_JSON_BYTES_MAX = 64 * 1024;

/** A string of a larger body that is read in full: a longer one is an image, or words that nothing here looks at. */
export const WHOLE_STRING_BYTES_MAX = 16 * 1024;

/** Bytes of a longer string that are read: the longest name, or type of a `data:` URL, fits with every letter escaped. */
export const STRING_HEAD_BYTES = 2 * 1024;

/** Characters of a bearer key: the longest valid one is far shorter, and base58 decoding is quadratic. */
export const KEY_CHARS_MAX = 512;

/** Characters of a Sign-In With Solana text: it must fit into a transaction's memo too, which is shorter still. */
export const SIGN_IN_CHARS_MAX = 2_000;

/** Resources that such a text may name. */
export const SIGN_IN_RESOURCES_MAX = 10;
