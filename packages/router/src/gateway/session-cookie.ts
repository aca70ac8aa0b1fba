// The cookie that holds a session's token: no script reads it, and no other site's request carries it.
import { parseCookie } from "cookie";

const NAME = "aimo-session";
const SECURE_NAME = `__Host-${NAME}`; // browsers take this one from the host itself only, never from a neighbour below its domain

function nameAt(url: string): string {
  return new URL(url).protocol === "https:" ? SECURE_NAME : NAME;
}

/** The token in a `Cookie` header that came to the router at `url`; undefined where there is none. */
export function readSessionCookie(header: string | undefined, url: string): string | undefined {
  return header === undefined ? undefined : parseCookie(header)[nameAt(url)];
}
