// Who this router is: GET /router and /.well-known/aimo.json.
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { Type } from "typebox";
import { SUBPROTOCOL } from "@aimo-network/protocol/wire/frame";

/** What a router says of itself to anybody. */
export const RouterShape = Type.Object({
  router_id: Type.String({ description: "The router's Ed25519 key in base58: what keys are bound to" }),
  name: Type.String(),
  url: Type.String({ description: "Where clients and proxies reach it" }),
  api_base: Type.String({ description: "What an OpenAI client takes as its base URL" }),
  software: Type.String(),
  version: Type.String(),
  dialects: Type.Array(Type.String(), { description: "What provider links it speaks" }),
  limits: Type.Object({
    body_bytes_max: Type.Integer(),
    requests_per_key_max: Type.Integer(),
    first_byte_timeout_ms: Type.Integer(),
    idle_timeout_ms: Type.Integer(),
    total_timeout_ms: Type.Integer(),
  }),
  accepts_v1_spending: Type.Boolean(),
});
/** The part of that which is settled before the router listens. */
export type RouterInfo = Omit<Static<typeof RouterShape>, "software" | "dialects" | "url" | "api_base">;

/** What these endpoints say; `url` is known once the router listens. */
export interface RouterInfoDeps {
  readonly info: RouterInfo;
  url(): string;
}

function describe({ info, url }: RouterInfoDeps): Static<typeof RouterShape> {
  return { ...info, url: url(), api_base: `${url()}/api/v1`, software: "aimo-router", dialects: [SUBPROTOCOL] };
}

/** GET /router below an API's base path. */
export function routerInfoRoutes(deps: RouterInfoDeps): FastifyPluginCallbackTypebox {
  return (scope, _options, next) => {
    const schema = { summary: "This router", tags: ["Router"], response: { 200: Type.Object({ data: RouterShape }) } };
    scope.get("/router", { schema }, () => ({ data: describe(deps) }));
    next();
  };
}

/** GET /.well-known/aimo.json at the root: what command lines and proxies check a router's id by. */
export function wellKnownRoutes(deps: RouterInfoDeps): FastifyPluginCallbackTypebox {
  return (scope, _options, next) => {
    const schema = {
      summary: "This router, where its URL is all one knows",
      tags: ["Router"],
      response: { 200: RouterShape },
    };
    scope.get("/.well-known/aimo.json", { schema }, () => describe(deps));
    next();
  };
}
