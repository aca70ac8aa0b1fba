// What a request says it comes from: read from headers that browsers, programs and strangers fill with what they like.
import type { IncomingHttpHeaders } from "node:http";
import { plainDisplayName } from "@aimo-network/protocol/wire/display-name";
import { APP_TITLE_CHARS_MAX, APP_URL_CHARS_MAX, REFERER_CHARS_MAX, TITLE_CHARS_READ_MAX } from "./limits.ts";

/** An app as a request names it, cleaned. */
export interface Attribution {
  /** Scheme, host and path. */
  readonly url: string;
  /** Empty where it has none. */
  readonly title: string;
  /** Whether the request may count in public rankings. */
  readonly isPublic: boolean;
}

const PUBLIC_HEADER = "x-aimo-public-app";
const TITLE_HEADERS = ["x-openrouter-title", "x-title"] as const; // the newer name first

/** Names that the Internet has: no addresses, no names of one machine or one office. */
const PUBLIC_HOST = /^(?:[a-z0-9_-]+\.)+[a-z][a-z0-9-]*$/;
const PRIVATE_ENDING = /\.(?:localhost|local|internal|intranet|lan|home|corp|arpa|test|invalid)$/;

/** The address without what may be a secret: user, password, query, fragment, and what stands behind a semicolon. */
function cleanUrl(text: string): string | undefined {
  const parsed = text.length <= REFERER_CHARS_MAX ? URL.parse(text) : null;
  if (parsed === null || (parsed.protocol !== "https:" && parsed.protocol !== "http:")) return undefined;
  const { hostname, origin, pathname } = parsed;
  if (!PUBLIC_HOST.test(hostname) || PRIVATE_ENDING.test(hostname)) return undefined;
  const [path = ""] = pathname.split(";", 1);
  if (path.length > APP_URL_CHARS_MAX) return undefined;
  const url = `${origin}/${path.replaceAll(/^\/+|\/+$/g, "")}`;
  return url.length <= APP_URL_CHARS_MAX ? url : undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** A header's text: Node reads bytes as Latin-1, many clients write UTF-8. */
function decoded(text: string): string {
  try {
    return utf8.decode(Buffer.from(text, "latin1"));
  } catch {
    return text;
  }
}

function cleanTitle(text: string): string {
  if (text.length > TITLE_CHARS_READ_MAX) return "";
  const title = plainDisplayName(decoded(text));
  return title.length <= APP_TITLE_CHARS_MAX ? title : "";
}

/** The app behind a request; undefined where its headers name none that everybody could find. Whatever they hold is no error. */
export function attributionOf(headers: IncomingHttpHeaders): Attribution | undefined {
  const referer = headers["http-referer"];
  const url = typeof referer === "string" ? cleanUrl(referer) : undefined;
  if (url === undefined) return undefined;
  const title = TITLE_HEADERS.map((name) => headers[name]).find((text) => typeof text === "string");
  return {
    url,
    title: typeof title === "string" ? cleanTitle(title) : "",
    isPublic: headers[PUBLIC_HEADER] === "1",
  };
}
