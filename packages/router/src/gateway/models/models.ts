// GET /models and one model: what is on sale, read from the live book.
import type { FastifyPluginCallbackTypebox } from "@fastify/type-provider-typebox";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { OfferHealth } from "../../market/health.ts";
import type { LiveOffer, OfferBook } from "../../market/offer-book.ts";
import { EndpointShape, ModelShape, toEndpoint, toModel } from "./model-shapes.ts";

/** What these endpoints read. */
export interface ModelsDeps {
  readonly book: OfferBook;
  readonly health: OfferHealth;
}

const Params = Type.Object({ author: Type.String(), slug: Type.String() });
const IdParams = Type.Object({ id: Type.String({ description: "`author/slug`, its slash written %2F" }) });

/** Each provider's offers once: several links of one wallet sell the same, unless their terms differ. */
function perProvider(offers: readonly LiveOffer[]): readonly LiveOffer[] {
  return [...new Map(offers.map((live) => [`${live.wallet} ${JSON.stringify(live.offer)}`, live])).values()];
}

/** Creates the routes. */
export function modelRoutes({ book, health }: ModelsDeps): FastifyPluginCallbackTypebox {
  const findModel = (asked: string): { model: Static<typeof ModelShape>; offers: readonly LiveOffer[] } => {
    const id = asked.toLowerCase();
    const offers = book.models().get(id) ?? [];
    const model = toModel(id, offers);
    if (model === undefined) throw new AimoError("model_not_found", { model: id, near: book.near(id) });
    return { model, offers };
  };
  return (scope, _options, next) => {
    const List = Type.Object({
      object: Type.Literal("list"),
      data: Type.Array(ModelShape),
      total_count: Type.Integer(),
      links: Type.Object({ next: Type.Null() }),
    });
    scope.get("/models", { schema: { summary: "Models on sale", tags: ["Models"], response: { 200: List } } }, () => {
      const data = [...book.models()]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .flatMap(([id, offers]) => toModel(id, offers) ?? []);
      return { object: "list" as const, data, total_count: data.length, links: { next: null } };
    });

    const one = {
      summary: "One model",
      tags: ["Models"],
      params: Params,
      response: { 200: Type.Object({ data: ModelShape }) },
    };
    scope.get("/models/:author/:slug", { schema: one }, ({ params }) => ({
      data: findModel(`${params.author}/${params.slug}`).model,
    }));

    const oneById = {
      summary: "One model, as OpenAI's clients ask for it and read it",
      tags: ["Models"],
      params: IdParams,
      response: { 200: ModelShape },
    };
    scope.get("/models/:id", { schema: oneById }, ({ params }) => findModel(params.id).model);

    const Endpoints = Type.Object({
      data: Type.Object({
        ...Type.Pick(ModelShape, ["id", "name", "created", "description", "architecture"]).properties,
        endpoints: Type.Array(EndpointShape),
      }),
    });
    const endpoints = { summary: "A model's offers", tags: ["Models"], params: Params, response: { 200: Endpoints } };
    scope.get("/models/:author/:slug/endpoints", { schema: endpoints }, ({ params }) => {
      const { model, offers } = findModel(`${params.author}/${params.slug}`);
      const { id, name, created, description, architecture } = model;
      const shown = perProvider(offers).map((offer) => toEndpoint(offer, health.isHealthy(offer.id)));
      return { data: { id, name, created, description, architecture, endpoints: shown } };
    });
    next();
  };
}
