// The media a request names, one by one: only what the public could fetch too, because the upstream fetches it from inside.
import { AimoError } from "@aimo-network/protocol/errors";
import { isLocalHost, isPublicAddress } from "../config/network-address.ts";
import { MEDIA_HOSTS_MAX } from "../limits.ts";

/** What a request may name: `https` is data: URLs and public https, `data` only data: URLs. */
export type AllowedMedia = "https" | "data";

/** All addresses of a host, as the machine resolves it. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/** What a search for media has to keep to, and the hosts it has found so far. */
export interface MediaFound {
  readonly allowed: AllowedMedia;
  readonly hosts: Set<string>;
}

const DATA_URL = /^data:[^,]{0,256},/i; // RFC 2397: type and parameters end with the comma

// Parsers disagree about spaces, controls and backslashes in a URL, and then about its host: none may stand in one.
const HTTPS_URL = /^https:\/\/[^\s\\\p{Cc}]+$/iu;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const BASE64_QUANTUM = 4;
const PATH_CHARS_MAX = 32_767; // of Windows; Linux and macOS take less

/**
 * Whether a value can be nothing but the base64 of a thing itself: padded, without line breaks, and no absolute path
 * (base64 of MP3 begins with a slash too, but is longer than any path). `chars` is its length where `value` has only its
 * beginning and its end.
 */
export function isBareBase64(value: string, chars = value.length): boolean {
  if (chars % BASE64_QUANTUM !== 0 || !BASE64.test(value)) return false;
  return !value.startsWith("/") || chars > PATH_CHARS_MAX;
}

/** Notes the host of a medium's URL; throws `forbidden_content` unless it is a data: or, if allowed, public https URL. */
export function checkMediaValue(value: string, { allowed, hosts }: MediaFound): void {
  if (DATA_URL.test(value)) return;
  if (allowed === "data") throw refusedMedia("media other than data: URLs", advice("data"));
  const url = HTTPS_URL.test(value) ? URL.parse(value) : null;
  if (url === null || url.username !== "" || url.password !== "") {
    throw refusedMedia("media other than data: and public https: URLs", advice("https"));
  }
  if (isLocalHost(url.hostname)) throw refusedMedia("media from private networks", advice("https"));
  hosts.add(url.hostname.replaceAll(/^\[|\]$/g, ""));
  if (hosts.size > MEDIA_HOSTS_MAX) {
    throw refusedMedia(`media from more than ${MEDIA_HOSTS_MAX} hosts in one request`, advice("https"));
  }
}

/** Resolves media hosts; throws `forbidden_content` unless every address of every host is a public one. */
export async function checkMediaHosts(hosts: ReadonlySet<string>, resolve: ResolveHost): Promise<void> {
  await Promise.all([...hosts].map((host) => checkHost(host, resolve)));
}

async function checkHost(host: string, resolve: ResolveHost): Promise<void> {
  if (isPublicAddress(host)) return;
  const addresses = await resolve(host).catch((cause: unknown) => {
    throw refusedMedia("media URLs whose host cannot be found", advice("https"), cause);
  });
  if (addresses.length > 0 && addresses.every(isPublicAddress)) return;
  throw refusedMedia("media from private networks", advice("https"));
}

function advice(allowed: AllowedMedia): string {
  return allowed === "data"
    ? "Send them inline as data: URLs."
    : "Send a public https URL, or the media inline as a data: URL.";
}

/** The refusal of `what`, with what to send instead. */
export function refusedMedia(what: string, how: string, cause?: unknown): AimoError {
  return new AimoError("forbidden_content", { what, advice: how }, { cause });
}
