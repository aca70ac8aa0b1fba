// Addresses in what models write: which may become links, and what a person must see of them.
import { LINK_CHARS_MAX } from "../limits.ts";

/** A link that may be followed, and where it leads. */
interface InertLink {
  readonly href: string;
  /** The host, in the letters that computers read (an imitation in other letters shows), or the address of a mail. */
  readonly host: string;
}

const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** The link that an address may become; undefined for any other scheme, for one without a host, and for one that hides it. */
export function inertLink(address: string | undefined): InertLink | undefined {
  if (address === undefined || address.length > LINK_CHARS_MAX || !URL.canParse(address)) return undefined;
  const url = new URL(address);
  if (!SCHEMES.has(url.protocol)) return undefined;
  if (url.protocol === "mailto:") return url.pathname === "" ? undefined : { href: url.href, host: url.pathname };
  if (url.host === "" || url.username !== "" || url.password !== "") return undefined; // `https://bank.example@evil.example`
  return { href: url.href, host: url.host };
}

const bare = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/|mailto:)/, "")
    .replace(/\/$/, "");

/** Whether the words of a link say already where it leads, and nothing else. */
export function saysWhere(words: string, { href }: InertLink): boolean {
  return bare(words) === bare(href);
}
