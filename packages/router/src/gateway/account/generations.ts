// GET /generation and /generations: what was answered, for the key or the wallet that asked.
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { GenerationFilter, Generations } from "../../activity/generations.ts";
import { GENERATIONS_PER_PAGE_MAX } from "../../activity/limits.ts";
import type { AccountReaderDeps } from "./account-reader.ts";
import { readerOf } from "./account-reader.ts";
import { GenerationShape, generationJson } from "./generation-shapes.ts";
import { KeyIdText, WalletText, readMoment } from "../query-values.ts";

/** What these endpoints read. */
export interface GenerationsDeps extends AccountReaderDeps {
  readonly generations: Generations;
}

const TAGS = ["Activity"];
const SECURITY = [{ session: [] }, { bearer: [] }];
const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
const PAGE_DEFAULT = 20;
const ID_CHARS_MAX = 100; // an id has 40

const OneQuery = Type.Object({ id: Type.String({ minLength: 1, maxLength: ID_CHARS_MAX }) });
const ListQuery = Type.Object({
  limit: Type.Optional(Type.String({ pattern: "^[1-9][0-9]{0,2}$", description: `1 to ${GENERATIONS_PER_PAGE_MAX}` })),
  cursor: Type.Optional(
    Type.String({ pattern: "^gen-[0-9a-f-]{36}$", description: "`next_cursor` of the page before; newest first" }),
  ),
  model: Type.Optional(
    Type.String({ maxLength: 200, pattern: "^[^\\u0000]*$", description: "`author/slug`" }), // no column holds a zero byte
  ),
  key: Type.Optional(KeyIdText),
  provider: Type.Optional(WalletText),
  from: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601: the first moment that counts" })),
  to: Type.Optional(Type.String({ maxLength: 40, description: "ISO 8601: the first moment that does not any more" })),
});

function readLimit(text: string | undefined): number {
  const limit = text === undefined ? PAGE_DEFAULT : Number.parseInt(text, 10);
  if (limit <= GENERATIONS_PER_PAGE_MAX) return limit;
  throw new AimoError("invalid_request", {
    expected: `1 to ${GENERATIONS_PER_PAGE_MAX}`,
    found: `${limit}`,
    param: "limit",
  });
}

function readFilter({ limit, cursor, model, key, provider, from, to }: Static<typeof ListQuery>): GenerationFilter {
  return {
    limit: readLimit(limit),
    ...(cursor !== undefined && { before: cursor }),
    ...(model !== undefined && { model: model.toLowerCase() }),
    ...(key !== undefined && { keyId: key }),
    ...(provider !== undefined && { provider }),
    ...(from !== undefined && { fromMs: readMoment("from", from) }),
    ...(to !== undefined && { toMs: readMoment("to", to) }),
  };
}

function createFind(deps: GenerationsDeps) {
  return async (request: FastifyRequest<{ Querystring: Static<typeof OneQuery> }>): Promise<object> => {
    const { id } = request.query;
    const generation = await deps.generations.find(await readerOf(deps, request), id);
    if (generation === undefined) throw new AimoError("generation_not_found", { id });
    return { data: generationJson(generation) };
  };
}

function createList(deps: GenerationsDeps) {
  return async (request: FastifyRequest<{ Querystring: Static<typeof ListQuery> }>): Promise<object> => {
    const filter = readFilter(request.query);
    const { generations, next } = await deps.generations.list(await readerOf(deps, request), filter);
    return { data: generations.map(generationJson), next_cursor: next ?? null };
  };
}

/** Creates the routes. */
export function generationRoutes(deps: GenerationsDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    const one = {
      summary: "One generation",
      description: "For the key that made it, a session, or a key of the wallet with the scope `account`.",
      tags: TAGS,
      security: SECURITY,
      querystring: OneQuery,
      response: { 200: Type.Object({ data: GenerationShape }) },
    };
    scope.get("/generation", { schema: one, ...asIs }, createFind(deps));

    const list = {
      summary: "The newest generations",
      description: "All of the wallet's for a session or a key with the scope `account`, else those of the key.",
      tags: TAGS,
      security: SECURITY,
      querystring: ListQuery,
      response: {
        200: Type.Object({
          data: Type.Array(GenerationShape),
          next_cursor: Type.Union([Type.String(), Type.Null()]),
        }),
      },
    };
    scope.get("/generations", { schema: list, ...asIs }, createList(deps));
    next();
  };
}
