// Names of headers that may not be chosen freely, because the connection, the proxy or a credential owns them.
import { mismatch, refuse } from "./reading.ts";
import type { Reader } from "./reading.ts";

/** The name of a header in lower case (a token of RFC 9110 5.6.2). */
export const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,64}$/;

const LINK_HEADER_NAME = /^[a-z0-9-]{1,64}$/; // what RequestHeadSchema lets cross the link

// Headers that belong to one connection and never travel further (RFC 9110 7.6.1).
const HOP_BY_HOP_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

// What the proxy or its HTTP client decides on every call of an upstream.
const SET_BY_PROXY: ReadonlySet<string> = new Set([
  "accept-encoding",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
]);

// What a client or a router says about itself and its money (wire.md, "What crosses the link").
const CREDENTIALS: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "payment-signature",
  "x-api-key",
  "x-payment",
]);

/** Whether a header on the way to an upstream is set by the connection or the proxy, and by nobody else. */
export function isReservedHeader(name: string): boolean {
  return HOP_BY_HOP_HEADERS.has(name) || SET_BY_PROXY.has(name);
}

/** The name of a request header that a router may pass through to upstreams, in lower case. */
export const passableHeader: Reader<string> = {
  expected: "the name of a request header",
  read(value, place) {
    if (value.kind !== "string") return mismatch(place, this.expected, value);
    const name = value.text.toLowerCase();
    if (!LINK_HEADER_NAME.test(name)) return mismatch(place, this.expected, value);
    if (CREDENTIALS.has(name)) return refuse(place, `expected a header that holds no credential, found \`${name}\``);
    if (!isReservedHeader(name)) return name;
    return refuse(place, `expected a header that may pass, found \`${name}\`, which the proxy or the connection sets`);
  },
};
