// GET /providers: who is connected and what they sell.
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { OfferBook } from "../../market/offer-book.ts";
import type { Links } from "../../providers/links.ts";

const ProviderShape = Type.Object({
  name: Type.String({ description: "The provider's wallet" }),
  slug: Type.String({ description: "What `<wallet>:<model>` starts with" }),
  wallet: Type.String(),
  connected_since: Type.String({ format: "date-time" }),
  links: Type.Integer({ description: "Connections it holds now" }),
  models: Type.Array(Type.String()),
  privacy_policy_url: Type.Null(),
  terms_of_service_url: Type.Null(),
  status_page_url: Type.Null(),
});
type Provider = Static<typeof ProviderShape>;

/** What these endpoints read. */
export interface ProvidersDeps {
  readonly book: OfferBook;
  readonly links: Links;
}

function listProviders({ book, links }: ProvidersDeps): Provider[] {
  const sinceMs = new Map<string, number>();
  for (const { wallet, connectedAtMs } of links.all()) {
    sinceMs.set(wallet, Math.min(connectedAtMs, sinceMs.get(wallet) ?? Infinity));
  }
  const models = new Map<string, Set<string>>();
  for (const offers of book.models().values()) {
    for (const { wallet, modelId } of offers) models.set(wallet, (models.get(wallet) ?? new Set()).add(modelId));
  }
  return [...sinceMs]
    .toSorted(([, one], [, other]) => one - other)
    .map(([wallet, since]) => ({
      name: wallet,
      slug: wallet,
      wallet,
      connected_since: new Date(since).toISOString(),
      links: links.countOf(wallet),
      models: [...(models.get(wallet) ?? [])].toSorted(),
      privacy_policy_url: null,
      terms_of_service_url: null,
      status_page_url: null,
    }));
}

/** Creates the routes. */
export function providerRoutes(deps: ProvidersDeps): FastifyPluginCallbackTypebox {
  return (scope, _options, next) => {
    const list = {
      summary: "Connected providers",
      tags: ["Providers"],
      response: { 200: Type.Object({ data: Type.Array(ProviderShape) }) },
    };
    scope.get("/providers", { schema: list }, () => ({ data: listProviders(deps) }));

    // An upgrade never gets here: whoever does has a proxy in front that dropped it.
    scope.get("/providers/subscribe", { schema: { hide: true } }, () => {
      throw new AimoError("invalid_request", {
        expected: "a WebSocket upgrade; a proxy in front of the router must pass `Upgrade` and `Connection` on",
        found: "a plain GET",
      });
    });

    const one = {
      summary: "One connected provider",
      tags: ["Providers"],
      params: Type.Object({ wallet: Type.String({ maxLength: 44 }) }),
      response: { 200: Type.Object({ data: ProviderShape }) },
    };
    scope.get("/providers/:wallet", { schema: one }, ({ params }) => {
      const data = listProviders(deps).find(({ wallet }) => wallet === params.wallet);
      if (data === undefined) throw new AimoError("provider_not_found", { wallet: params.wallet });
      return { data };
    });
    next();
  };
}
