// GET /models and one model: what is on sale, by OpenRouter's filters, in shapes that OpenAI's clients read too.
import type { FastifyPluginAsync, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import type { EndpointsDeps } from "./endpoints.ts";
import { endpointRoutes } from "./endpoints.ts";
import type { RawQuery } from "./model-query.ts";
import { readModelFilter, readModelQuery } from "./model-query.ts";
import { ModelFilterShape, ModelQueryShape } from "./model-query-shape.ts";
import { ModelShape } from "./model-shapes.ts";
import { sendPrepared } from "./prepared-answer.ts";

const TAGS = ["Models"];
const Params = Type.Object({ author: Type.String(), slug: Type.String() });
type Named = Static<typeof Params>;
const IdParams = Type.Object({ id: Type.String({ description: "`author/slug`, its slash written %2F" }) });

const List = Type.Object({
  object: Type.Literal("list"),
  data: Type.Array(ModelShape),
  total_count: Type.Integer({ description: "Models that the query asks for, on all pages" }),
  links: Type.Object({ next: Type.Union([Type.String(), Type.Null()]) }),
});
const Count = Type.Object({ data: Type.Object({ count: Type.Integer() }) });

/** The schemas of queries document; they are read by `model-query.ts`, which says what was expected. */
const asRead = { validatorCompiler: () => () => true };

/** Where the same query is asked for from another offset on. */
function nextPage({ url, query }: FastifyRequest): (offset: number) => string {
  const named = Object.entries(query as RawQuery).flatMap(([name, value]) =>
    name in ModelQueryShape.properties && typeof value === "string" ? [[name, value] as [string, string]] : [],
  );
  return (offset) => {
    const words = new URLSearchParams(named);
    words.set("offset", String(offset));
    return `${url.split("?", 1)[0]}?${words.toString()}`;
  };
}

/** Creates the routes. */
export function modelRoutes(deps: EndpointsDeps): FastifyPluginAsync {
  const { catalogue } = deps;
  const { compressor } = catalogue;
  return async (scope) => {
    const list = {
      summary: "Models on sale",
      description:
        "A model is listed where one of its offers has everything that is asked for. Unknown parameters are passed over, unknown values refused.",
      tags: TAGS,
      querystring: ModelQueryShape,
      response: { 200: List },
    };
    scope.get("/models", { schema: list, ...asRead }, async (request, reply) => {
      const answer = await catalogue.list(readModelQuery(request.query as RawQuery), nextPage(request));
      return await sendPrepared(request, reply, answer, compressor);
    });

    const count = {
      summary: "How many models are on sale",
      tags: TAGS,
      querystring: ModelFilterShape,
      response: { 200: Count },
    };
    scope.get("/models/count", { schema: count, ...asRead }, async (request, reply) => {
      const answer = await catalogue.count(readModelFilter(request.query as RawQuery));
      return await sendPrepared(request, reply, answer, compressor);
    });

    const one = {
      summary: "One model",
      tags: TAGS,
      params: Params,
      response: { 200: Type.Object({ data: ModelShape }) },
    };
    scope.get("/models/:author/:slug", { schema: one }, (request: FastifyRequest<{ Params: Named }>, reply) => {
      const { author, slug } = request.params;
      return sendPrepared(request, reply, catalogue.model(`${author}/${slug}`.toLowerCase(), "data"), compressor);
    });

    const oneById = {
      summary: "One model, as OpenAI's clients ask for it and read it",
      tags: TAGS,
      params: IdParams,
      response: { 200: ModelShape },
    };
    scope.get(
      "/models/:id",
      { schema: oneById },
      (request: FastifyRequest<{ Params: Static<typeof IdParams> }>, reply) =>
        sendPrepared(request, reply, catalogue.model(request.params.id.toLowerCase(), "none"), compressor),
    );
    await scope.register(endpointRoutes(deps));
  };
}
