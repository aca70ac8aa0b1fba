// The RPC node that a person has chosen in the console: its page keeps it in a cookie, for the policy that the page comes with.
import { RPC_COOKIE_CHARS_MAX } from "./limits.ts";

const PREFIX = "aimo_rpc=";
const WRITTEN = /^[\w.!~*'()%-]+$/; // what encodeURIComponent writes
const HOST = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
const THIS_MACHINE = /^(?:localhost|127(?:\.\d{1,3}){3})$/;

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined; // half a character
  }
}

/**
 * The origin of a URL as a Content-Security-Policy may name it; undefined for what is none, holds a user or a password, or
 * has a host that could mean something else in a policy. That of an IPv6 address no policy can say.
 */
export function policyOrigin(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, hostname, port, username, password } = new URL(url);
  if (!/^https?:$/.test(protocol) || !HOST.test(hostname) || `${username}${password}` !== "") return undefined;
  return `${protocol}//${hostname}${port === "" ? "" : `:${port}`}`;
}

/**
 * The origin that a `Cookie` header chooses: by https, or on the person's own machine. Whoever can write a cookie here, such
 * as a neighbour below the same domain, gets no more than that into the policy.
 */
export function chosenRpcOrigin(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const found = header.split(";").flatMap((part) => {
    const cookie = part.trim();
    return cookie.startsWith(PREFIX) ? [cookie.slice(PREFIX.length)] : [];
  });
  const [value, ...others] = found;
  if (value === undefined || others.length > 0) return undefined;
  if (value.length > RPC_COOKIE_CHARS_MAX || !WRITTEN.test(value)) return undefined;
  const origin = policyOrigin(decode(value) ?? "");
  if (origin === undefined) return undefined;
  return origin.startsWith("https:") || THIS_MACHINE.test(new URL(origin).hostname) ? origin : undefined;
}
