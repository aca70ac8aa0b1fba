// Where a router is reached: what may be typed for it, and what of it is private on its way.

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

const NAME_PART_MAX = 63; // RFC 1035

/** A router's URL without the path of its API; undefined for what is none. Without a scheme it is https, on this machine http. */
export function routerUrl(text: string): string | undefined {
  const [host = ""] = /^(?:\[[^\]]*\]|[^:/]*)/.exec(text) ?? [];
  const scheme = LOOPBACK.test(host) ? "http" : "https";
  const withScheme = /^[a-z]+:\/\//i.test(text) ? text : `${scheme}://${text}`;
  if (!URL.canParse(withScheme)) return undefined;
  const url = new URL(withScheme);
  // No name of a host has such a part, and asking for it would tell it to every name server: a key in the wrong place.
  if (url.hostname.split(".").some((part) => part.length > NAME_PART_MAX)) return undefined;
  if (!/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  return url.origin + url.pathname.replace(/\/+$/, "").replace(/\/(?:api\/)?v1$/, "");
}

/** Whether a URL is one of this very machine. */
export function isThisMachine(url: string): boolean {
  return LOOPBACK.test(new URL(url).hostname);
}

/** Whether nobody on the way can read what is sent there: https, or http on this very machine. */
export function isPrivateUrl(url: string): boolean {
  return new URL(url).protocol === "https:" || isThisMachine(url);
}
