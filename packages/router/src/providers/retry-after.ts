// How long a provider asks to be left alone: `Retry-After`, as seconds or as a date; anything else says nothing.
import { RETRY_AFTER_MS_MAX } from "../limits.ts";

const SECONDS = /^[0-9]{1,9}$/;

/** The one form of a date that HTTP still writes, such as `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT$/;

/** What a provider said, where a client can be told the same; undefined for garbage, which would only confuse it. */
export function readRetryAfter(said: unknown): string | undefined {
  if (typeof said === "number" && said >= 0 && said < 1e9) return `${Math.ceil(said)}`;
  if (typeof said !== "string") return undefined;
  const text = said.trim();
  if (SECONDS.test(text)) return text;
  return HTTP_DATE.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Milliseconds from `nowMs` that what `readRetryAfter` gave stands for, none of them more than counts. */
export function retryAfterMs(read: string | undefined, nowMs: number): number | undefined {
  if (read === undefined) return undefined;
  const ms = SECONDS.test(read) ? +read * 1000 : Date.parse(read) - nowMs;
  return Math.min(Math.max(0, ms), RETRY_AFTER_MS_MAX);
}
