// How long a server waits for clients that are slow, or that rest.
import { CONNECTIONS_LOOK_MS, HEADERS_TIMEOUT_MS, KEEP_ALIVE_TIMEOUT_MS, REQUEST_TIMEOUT_MS } from "../limits.ts";

/** The waits of a server, in milliseconds; see `limits.ts`. */
export interface HttpTimings {
  readonly headersMs: number;
  readonly requestMs: number;
  readonly keepAliveMs: number;
  readonly lookMs: number;
}

/** The timings of a router. */
export const HTTP_TIMINGS: HttpTimings = {
  headersMs: HEADERS_TIMEOUT_MS,
  requestMs: REQUEST_TIMEOUT_MS,
  keepAliveMs: KEEP_ALIVE_TIMEOUT_MS,
  lookMs: CONNECTIONS_LOOK_MS,
};

/** The timings as options of the web framework, and of Node's server below it. */
export function timingOptions({ headersMs, requestMs, keepAliveMs, lookMs }: HttpTimings): {
  readonly options: { readonly keepAliveTimeout: number; readonly requestTimeout: number };
  readonly http: { readonly headersTimeout: number; readonly connectionsCheckingInterval: number };
} {
  return {
    options: { keepAliveTimeout: keepAliveMs, requestTimeout: requestMs },
    http: { headersTimeout: headersMs, connectionsCheckingInterval: lookMs },
  };
}
