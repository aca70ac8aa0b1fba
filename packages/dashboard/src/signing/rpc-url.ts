// The URL of a Solana node as a person types it and as the browser keeps it.
import { RPC_URL_CHARS_MAX } from "./limits.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Whether a host is this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** A URL that may be asked, or what is wrong with the text. */
export type RpcUrlReading = { readonly url: string } | { readonly fault: string };

/** Reads what somebody typed: https, or http to this machine, without a name and password. */
export function readRpcUrl(text: string): RpcUrlReading {
  const typed = text.trim();
  if (typed === "") return { fault: "Expected a URL such as https://rpc.example.com." };
  if (typed.length > RPC_URL_CHARS_MAX) return { fault: `Expected at most ${RPC_URL_CHARS_MAX} characters.` };
  if (!URL.canParse(typed)) return { fault: "Expected a whole URL that begins with https://." };
  const { protocol, hostname, username, password, href } = new URL(typed);
  if (username !== "" || password !== "") return { fault: "Expected no user name in it: browsers do not send it." };
  if (protocol === "https:") return { url: href };
  if (protocol === "http:" && isLoopback(hostname)) return { url: href };
  if (protocol === "http:") return { fault: "Expected https://; http:// only for a node on this machine." };
  return { fault: `Expected https://, found ${protocol}//. WebSockets are not used.` };
}

/** The value of a cookie among those of a page, decoded; undefined where it is missing or is not encoded text. */
export function cookieValue(cookies: string, name: string): string | undefined {
  for (const pair of cookies.split(";")) {
    const [key = "", ...rest] = pair.trim().split("=");
    if (key !== name) continue;
    try {
      return decodeURIComponent(rest.join("="));
    } catch {
      return undefined;
    }
  }
  return undefined;
}

/**
 * The node that was chosen. The cookie has its origin, which the router allows this page to ask; the whole URL, which
 * may hold a key, stays in this browser. A cookie alone chooses nothing, and none of another origin does: a neighbour
 * below the same domain can write cookies here, and its node would tell what it likes of money and receipts.
 */
export function chosenUrl(cookie: string | undefined, kept: string | null): string | undefined {
  if (cookie === undefined || kept === null) return undefined;
  const [allowed, whole] = [readRpcUrl(cookie), readRpcUrl(kept)];
  if ("fault" in allowed || "fault" in whole) return undefined;
  return new URL(whole.url).origin === new URL(allowed.url).origin ? whole.url : undefined;
}
