// Media a request names by URL: only what the public could fetch too, because the upstream fetches it from inside.
import { AimoError } from "@aimo-network/protocol/errors";
import type { JsonMember } from "@aimo-network/protocol/json-members";
import { jsonElements, jsonMembers } from "@aimo-network/protocol/json-members";
import { isLocalHost, isPublicAddress } from "../config/network-address.ts";
import { MEDIA_HOSTS_MAX, MESSAGE_DEPTH_MAX } from "../limits.ts";

/** What a request may name: `https` is data: URLs and public https, `data` only data: URLs. */
export type AllowedMedia = "https" | "data";

/** All addresses of a host, as the machine resolves it. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

// Members of messages and content parts that hold words or names, never something a server fetches.
const TEXT_MEMBERS: ReadonlySet<string> = new Set([
  ...["content", "text", "refusal", "reasoning", "reasoning_content", "thinking"],
  ...["role", "name", "type", "id", "tool_call_id", "format", "detail", "filename", "file_id"],
]);

// Members that hold what a model once said, URLs of its sources among it; no server fetches them again.
const SPOKEN_MEMBERS: ReadonlySet<string> = new Set([
  ...["tool_calls", "function_call", "annotations", "citations", "reasoning_details"],
]);

// Members that hold a URL or the base64 of the thing itself.
const MEDIA_MEMBERS: ReadonlySet<string> = new Set([
  ...["image", "input_image", "video", "input_video", "audio", "input_audio", "file", "input_file"],
  ...["data", "file_data"],
]);
const URL_MEMBER = /ur[il]$/i;
const BASE64 = /^[A-Za-z0-9+/_=\s-]*$/;
const SCHEME = /^\s*(?:data:|[a-z][a-z0-9+.-]*:\/\/)/i;

/**
 * The hosts of media URLs in a body's `messages`, to be resolved; throws `forbidden_content` for what is refused by
 * its look alone. It reads the text and not the parsed value, so that a repeated member hides nothing.
 */
export function mediaHosts(text: string, members: readonly JsonMember[], allowed: AllowedMedia): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const member of members) {
    if (member.key !== "messages") continue;
    searchValue(text, { start: member.valueStart, end: member.valueEnd }, { key: "", depth: 0, allowed, hosts });
  }
  return hosts;
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

interface Search {
  /** The nearest member's name. */
  readonly key: string;
  readonly depth: number;
  readonly allowed: AllowedMedia;
  readonly hosts: Set<string>;
}

function searchValue(text: string, { start, end }: Extent, search: Search): void {
  const first = text[start];
  if (first === '"') {
    if (!TEXT_MEMBERS.has(search.key)) checkText(plainText(text.slice(start, end)), search);
    return;
  }
  if (first !== "{" && first !== "[") return;
  if (search.depth === MESSAGE_DEPTH_MAX) {
    const expected = `at most ${MESSAGE_DEPTH_MAX} levels of nesting`;
    throw new AimoError("invalid_request", { param: "messages", expected, found: "more" });
  }
  const depth = search.depth + 1;
  if (first === "[") {
    for (const element of jsonElements(text, start)) searchValue(text, element, { ...search, depth });
    return;
  }
  for (const { key, valueStart, valueEnd } of jsonMembers(text, start)) {
    if (SPOKEN_MEMBERS.has(key)) continue;
    searchValue(text, { start: valueStart, end: valueEnd }, { ...search, key, depth });
  }
}

function plainText(json: string): string {
  return json.includes("\\") ? (JSON.parse(json) as string) : json.slice(1, -1);
}

function checkText(value: string, search: Search): void {
  const isUrl = SCHEME.test(value);
  if (!isUrl && !URL_MEMBER.test(search.key)) {
    if (!MEDIA_MEMBERS.has(search.key) || BASE64.test(value)) return;
    throw refused("media that are neither a URL nor base64", advice(search.allowed));
  }
  if (/^data:/i.test(value)) return;
  if (search.allowed === "data") throw refused("media by URL", advice("data"));
  addHost(value, search.hosts);
}

function addHost(value: string, hosts: Set<string>): void {
  const url = URL.parse(value);
  if (url === null || url.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw refused("media URLs other than data: and https:", advice("https"));
  }
  const host = url.hostname.replaceAll(/^\[|\]$/g, "");
  if (isLocalHost(url.hostname)) throw refused("media from private networks", advice("https"));
  hosts.add(host);
  if (hosts.size > MEDIA_HOSTS_MAX) {
    throw refused(`media from more than ${MEDIA_HOSTS_MAX} hosts in one request`, advice("https"));
  }
}

/** Resolves media hosts; throws `forbidden_content` unless every address of every host is a public one. */
export async function checkMediaHosts(hosts: ReadonlySet<string>, resolve: ResolveHost): Promise<void> {
  await Promise.all([...hosts].map((host) => checkHost(host, resolve)));
}

async function checkHost(host: string, resolve: ResolveHost): Promise<void> {
  if (isPublicAddress(host)) return;
  const addresses = await resolve(host).catch((cause: unknown) => {
    throw refused("media URLs whose host cannot be found", advice("https"), cause);
  });
  if (addresses.length > 0 && addresses.every(isPublicAddress)) return;
  throw refused("media from private networks", advice("https"));
}

function advice(allowed: AllowedMedia): string {
  return allowed === "data"
    ? "Send them inline as data: URLs."
    : "Send a public https URL, or the media inline as a data: URL.";
}

function refused(what: string, how: string, cause?: unknown): AimoError {
  return new AimoError("forbidden_content", { what, advice: how }, { cause });
}
