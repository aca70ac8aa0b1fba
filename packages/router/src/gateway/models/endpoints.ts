// GET the offers of a model, what they cost since when, and the offers that keep nothing.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { LRUCache } from "lru-cache";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import type { OfferBook } from "../../market/offer-book.ts";
import type { PriceEntry, PriceHistory } from "../../market/price-history.ts";
import { PRICES_READ_MAX } from "../../market/limits.ts";
import { WalletText } from "../query-values.ts";
import type { Catalogue } from "./catalogue.ts";
import { EndpointShape } from "./endpoint-shapes.ts";
import { ANSWERS_KEPT_MAX, PRICES_SHOWN_MS } from "./limits.ts";
import { ModelShape, PricingShape, pricingOf } from "./model-shapes.ts";
import { sendPrepared } from "./prepared-answer.ts";

/** What these endpoints read. */
export interface EndpointsDeps {
  readonly clock: Clock;
  readonly book: Pick<OfferBook, "models" | "near">;
  readonly catalogue: Catalogue;
  readonly prices: Pick<PriceHistory, "newest">;
}

const Params = Type.Object({ author: Type.String(), slug: Type.String() });

interface Named {
  readonly Params: Static<typeof Params>;
}

const Endpoints = Type.Object({
  data: Type.Object({
    ...Type.Pick(ModelShape, ["id", "name", "created", "description", "architecture"]).properties,
    endpoints: Type.Array(EndpointShape),
  }),
});

const PriceShape = Type.Object({
  provider_name: Type.String({ description: "The provider's wallet" }),
  tag: Type.String({ description: "`<wallet>:<slug>`" }),
  since: Type.String({ format: "date-time" }),
  pricing: PricingShape,
});
const Prices = Type.Object({ data: Type.Object({ id: Type.String(), prices: Type.Array(PriceShape) }) });
const PricesQuery = Type.Object({ provider: Type.Optional(WalletText) });

/** Asks the history of a model, or of one of its providers, at most once in a while. */
function rememberPrices({ clock, prices }: EndpointsDeps) {
  interface Kept {
    readonly entries: Promise<readonly PriceEntry[]>;
    readonly untilMs: number;
  }
  const kept = new LRUCache<string, Kept>({ max: ANSWERS_KEPT_MAX });
  return async (id: string, wallet: string | undefined): Promise<readonly PriceEntry[]> => {
    const key = `${id} ${wallet ?? ""}`;
    const known = kept.get(key);
    if (known !== undefined && clock.monotonic() < known.untilMs) return await known.entries;
    const entries = prices.newest(id, wallet);
    kept.set(key, { entries, untilMs: clock.monotonic() + PRICES_SHOWN_MS });
    try {
      return await entries;
    } catch (error) {
      kept.delete(key); // the database may be back before the time is over
      throw error;
    }
  };
}

function priceJson({ wallet, modelId, sinceMs, price }: PriceEntry) {
  return {
    provider_name: wallet,
    tag: `${wallet}:${modelId.slice(modelId.indexOf("/") + 1)}`,
    since: new Date(sinceMs).toISOString(),
    pricing: pricingOf(price),
  };
}

/** Creates the routes. */
export function endpointRoutes(deps: EndpointsDeps): FastifyPluginCallback {
  const { catalogue, book } = deps;
  const { compressor } = catalogue;
  const pricesOf = rememberPrices(deps);
  return (scope, _options, next) => {
    const endpoints = {
      summary: "A model's offers, and why each gets the traffic it gets",
      tags: ["Models"],
      params: Params,
      response: { 200: Endpoints },
    };
    scope.get(
      "/models/:author/:slug/endpoints",
      { schema: endpoints },
      async (request: FastifyRequest<Named>, reply) => {
        const { author, slug } = request.params;
        const answer = await catalogue.endpoints(`${author}/${slug}`.toLowerCase());
        return await sendPrepared(request, reply, answer, compressor);
      },
    );

    const prices = {
      summary: "What a model's offers have cost since when, newest first",
      description: `The newest ${PRICES_READ_MAX} changes, at most one of each offer a minute.`,
      tags: ["Models"],
      params: Params,
      querystring: PricesQuery,
      response: { 200: Prices },
    };
    scope.get(
      "/models/:author/:slug/prices",
      { schema: prices },
      async ({ params, query }: FastifyRequest<Named & { Querystring: Static<typeof PricesQuery> }>) => {
        const id = `${params.author}/${params.slug}`.toLowerCase();
        if (!book.models().has(id)) throw new AimoError("model_not_found", { model: id, near: book.near(id) });
        return { data: { id, prices: (await pricesOf(id, query.provider)).map(priceJson) } };
      },
    );

    const zdr = {
      summary: "The offers of all models that say they keep nothing",
      tags: ["Models"],
      response: { 200: Type.Object({ data: Type.Array(EndpointShape) }) },
    };
    scope.get("/endpoints/zdr", { schema: zdr }, async (request, reply) =>
      sendPrepared(request, reply, await catalogue.zdrEndpoints(), compressor),
    );
    next();
  };
}
