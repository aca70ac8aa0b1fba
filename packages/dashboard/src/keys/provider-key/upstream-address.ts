// The address of the API behind an offer, held to what the proxy's config takes.
import { UPSTREAM_URL_CHARS_MAX } from "../limits.ts";

/** An address that was read: as the config has it, or what is wrong with it. */
export type ReadAddress =
  | { readonly kind: "good"; readonly address: string }
  | { readonly kind: "faulty"; readonly fault: string };

// Names that the public DNS does not serve, as the proxy lists them.
const LOCAL_ZONES = [".localhost", ".local", ".home.arpa", ".internal"];
const EXAMPLE = "such as http://localhost:8000/v1";

function isLocalIpv4(host: string): boolean {
  const [first = 0, second = 0] = host.split(".").map((part) => Number.parseInt(part, 10));
  return (
    first === 0 ||
    first === 10 ||
    first === 127 ||
    (first === 100 && second >= 64 && second < 128) ||
    (first === 169 && second === 254) ||
    (first === 172 && second >= 16 && second < 32) ||
    (first === 192 && second === 168)
  );
}

/** Whether a URL's host is this machine or on its own network, where plain http is no risk. */
function isLocalHost(host: string): boolean {
  if (host.startsWith("[")) return /^\[(?:::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/.test(host);
  if (/^\d+(?:\.\d+){3}$/.test(host)) return isLocalIpv4(host);
  return !host.includes(".") || LOCAL_ZONES.some((zone) => host.endsWith(zone));
}

function urlOf(text: string): URL | undefined {
  if (text.length > UPSTREAM_URL_CHARS_MAX || !/^https?:\/\/[^\s\\\p{Cc}]+$/iu.test(text)) return undefined;
  return URL.parse(text) ?? undefined;
}

/** Reads the address of an OpenAI-compatible API as people paste it, with or without its last word. */
export function readUpstreamAddress(typed: string): ReadAddress {
  const text = typed.trim();
  const faulty = (fault: string): ReadAddress => ({ kind: "faulty", fault });
  const url = urlOf(text);
  if (url === undefined) return faulty(`Expected an address that starts with https:// or http://, ${EXAMPLE}.`);
  if (url.username !== "" || url.password !== "") {
    return faulty("Expected an address without user name and password: tick that it wants a key instead.");
  }
  if (/[?#]/.test(text)) return faulty(`Expected an address that ends with its path, ${EXAMPLE}.`);
  if (url.protocol === "http:" && !isLocalHost(url.hostname)) {
    return faulty("Expected https:// for a host on the public internet: key and prompts would travel in clear text.");
  }
  const base = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return { kind: "good", address: base.replace(/\/(?:chat\/completions|models)$/, "") }; // out of somebody's example
}
