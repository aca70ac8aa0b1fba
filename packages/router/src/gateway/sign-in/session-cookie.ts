// The cookie that holds a session's token: no script reads it, and no other site's request carries it.
import { parseCookie, stringifySetCookie } from "cookie";
import { SESSION_MS } from "../../limits.ts";

const NAME = "aimo-session";
const SECURE_NAME = `__Host-${NAME}`; // browsers take this one from the host itself only, never from a neighbour below its domain

interface CookieKind {
  readonly name: string;
  readonly secure: boolean;
}

function kindAt(url: string): CookieKind {
  const secure = new URL(url).protocol === "https:";
  return { name: secure ? SECURE_NAME : NAME, secure };
}

/** The token in a `Cookie` header that came to the router at `url`; undefined where there is none. */
export function readSessionCookie(header: string | undefined, url: string): string | undefined {
  return header === undefined ? undefined : parseCookie(header)[kindAt(url).name];
}

/** The `Set-Cookie` header that gives a browser the token to keep; an empty token takes it away. */
export function writeSessionCookie(token: string, url: string): string {
  const maxAge = token === "" ? 0 : SESSION_MS / 1_000;
  return stringifySetCookie({
    ...kindAt(url),
    value: token,
    path: "/",
    httpOnly: true,
    sameSite: "strict",
    maxAge,
  });
}
