// Browsers of other sites: they may call with a bearer and read our headers, and never send cookies along.
import type { FastifyInstance } from "fastify";

const EXPOSED_HEADERS = [
  "x-request-id",
  "x-generation-id",
  "x-aimo-cost",
  "x-aimo-max-tokens",
  "x-ratelimit-limit-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-requests",
  "x-ratelimit-reset-tokens",
  "retry-after",
  "etag",
].join(", ");

const PREFLIGHT_SECONDS = "86400"; // the longest that any browser remembers

/**
 * Opens every endpoint to other sites (http-api.md): the same constant headers whoever asks, so nothing depends on the
 * origin and no cache has to know it. `*` would not cover Authorization, so a preflight's headers are echoed.
 */
export function openToOtherSites(server: FastifyInstance): void {
  server.addHook("onRequest", (_request, reply, next) => {
    reply.header("access-control-allow-origin", "*");
    reply.header("access-control-expose-headers", EXPOSED_HEADERS);
    next();
  });
  server.options("*", { schema: { hide: true } }, (request, reply) => {
    const asked = request.headers["access-control-request-headers"];
    if (asked !== undefined) reply.header("access-control-allow-headers", asked);
    return reply
      .code(204)
      .header("vary", "access-control-request-headers")
      .header("access-control-allow-methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
      .header("access-control-max-age", PREFLIGHT_SECONDS)
      .send();
  });
}
