// What the chain's room allows itself, each with its reason; docs/limits.md lists them.

/** Milliseconds an RPC node may take to answer: a scan of ten thousand accounts takes a public one about a second. */
export const ENDPOINT_TIMEOUT_MS = 10_000;

/** Milliseconds a node that failed is not asked while another answers: rate limits are counted by tens of seconds. */
export const ENDPOINT_REST_MS = 10_000;
