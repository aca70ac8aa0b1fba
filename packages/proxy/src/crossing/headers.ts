// Which headers cross from a router to an upstream and back; everything else stays where it is (wire.md).
import { HEADER_CHARS_MAX, RATE_LIMIT_HEADERS_MAX } from "../limits.ts";

const REQUEST_HEADERS = ["accept", "user-agent", "x-request-id", "traceparent"];

/** Names of request headers that pass up: the built-in ones and `allowed`, without those the provider sets itself. */
export function passingHeaders(allowed: readonly string[], own: ReadonlySet<string>): readonly string[] {
  return [...new Set([...REQUEST_HEADERS, ...allowed])].filter((name) => !own.has(name));
}

// What HTTP allows in a value, without tabs; the link carries JSON, so a router could put anything there.
const VALUE = /^[\x20-\x7e\x80-\xff]*$/;

function isPassable(value: string): boolean {
  return value.length <= HEADER_CHARS_MAX && VALUE.test(value);
}

/** Adds the headers of a request that pass to `list`, a flat list of names and values. */
export function addPassingHeaders(
  list: string[],
  passing: readonly string[],
  headers: Readonly<Record<string, string>>,
): void {
  for (const name of passing) {
    const value = headers[name];
    if (value !== undefined && isPassable(value)) list.push(name, value);
  }
}

/** Headers of an answer as an HTTP client hands them over: names in lower case, repeated ones as lists. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

// What the request's id is called by OpenAI and most servers, and by Anthropic; routers see one name.
const REQUEST_ID_NAMES = ["x-request-id", "request-id"];
const RATE_LIMIT_NAME = /^x-ratelimit-[a-z0-9-]{1,50}$/;

function firstOf(value: string | string[] | undefined): string | undefined {
  const first = typeof value === "string" ? value : value?.[0];
  return first !== undefined && isPassable(first) ? first : undefined;
}

/** The headers of an upstream's answer that go back to the router. */
export function returningHeaders(headers: AnswerHeaders): Record<string, string> {
  const returning: Record<string, string> = {};
  for (const name of ["content-type", "retry-after"]) {
    const value = firstOf(headers[name]);
    if (value !== undefined) returning[name] = value;
  }
  for (const name of REQUEST_ID_NAMES) {
    const value = firstOf(headers[name]);
    if (value === undefined) continue;
    returning["x-request-id"] = value;
    break;
  }
  let hints = 0;
  for (const name of Object.keys(headers)) {
    if (hints === RATE_LIMIT_HEADERS_MAX) break;
    if (!name.startsWith("x-ratelimit-") || !RATE_LIMIT_NAME.test(name)) continue;
    const value = firstOf(headers[name]);
    if (value === undefined) continue;
    returning[name] = value;
    hints += 1;
  }
  return returning;
}
