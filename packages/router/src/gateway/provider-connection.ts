// The providers' endpoints of the first generation: what a proxy sells, told before it connects, and whether it is connected.
import type { FastifyInstance, FastifyPluginCallback, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Clock } from "@aimo-network/protocol/clock";
import { formatMicroUsdc } from "@aimo-network/protocol/money";
import { PREFLIGHT_BODY_BYTES_MAX } from "../limits.ts";
import type { LiveOffer, OfferBook } from "../market/offer-book.ts";
import type { Links } from "../providers/links.ts";
import type { Preflight } from "../providers/preflight.ts";
import type { Preflights } from "../providers/preflights.ts";
import { exactNumber } from "./json-number.ts";
import { readPreflight } from "./preflight-body.ts";
import type { RequestBody } from "./read-body.ts";
import { readRawBodies, wholeBody } from "./read-body.ts";
import type { VisitDeps } from "./visits.ts";
import { countVisits } from "./visits.ts";

/** What these endpoints need of the other rooms. */
export interface ConnectionDeps extends VisitDeps {
  readonly clock: Clock;
  readonly book: OfferBook;
  readonly links: Links;
  readonly preflights: Preflights;
}

const Price = Type.Number({
  minimum: 0,
  description: "USDC per million tokens (`image`: per image), at most 6 decimals",
});
const Texts = Type.Optional(Type.Union([Type.Array(Type.String()), Type.Null()]));

const ModelShape = Type.Object(
  {
    name: Type.String({ description: "What the proxy knows the model by" }),
    display_name: Type.String(),
    provider_name: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    pricing: Type.Object({
      prompt: Price,
      completion: Price,
      image: Type.Optional(Type.Union([Price, Type.Null()])),
    }),
    capabilities: Texts,
    input_modalities: Texts,
    output_modalities: Texts,
    context_length: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
  },
  { additionalProperties: true },
);

const StatusShape = Type.Object({
  connected: Type.Boolean(),
  timestamp: Type.Integer({ description: "Milliseconds since 1970" }),
  timestamp_ui: Type.String(),
  models: Type.Array(ModelShape),
});

const TAGS = ["Providers"];
const BEARER = [{ bearer: [] }];

function modelJson({ offer, price }: LiveOffer, name: string): object {
  const { prompt, completion, image } = price;
  return {
    name,
    display_name: offer.display_name,
    provider_name: offer.provider_name ?? null,
    pricing: {
      prompt: exactNumber(formatMicroUsdc(prompt)),
      completion: exactNumber(formatMicroUsdc(completion)),
      image: image === undefined ? null : exactNumber(formatMicroUsdc(image)),
    },
    capabilities: offer.capabilities,
    input_modalities: offer.input_modalities,
    output_modalities: offer.output_modalities,
    context_length: offer.context_length ?? null,
  };
}

/** What a wallet sells at this moment, each model once, under the names its proxy knows. */
function modelsOf(book: OfferBook, wallet: string, preflight: Preflight): object[] {
  const names = new Map(preflight.map(({ name, offer }) => [offer.name, name]));
  const live = [...book.models().values()].flat().filter((offer) => offer.wallet === wallet);
  const once = new Map(live.map((offer) => [offer.id, offer]));
  return [...once.values()].map((offer) => modelJson(offer, names.get(offer.offer.name) ?? offer.offer.name));
}

function createPreflight({ preflights, authenticate }: ConnectionDeps) {
  return async (request: FastifyRequest<{ Body: RequestBody | undefined }>): Promise<object> => {
    const { wallet } = await authenticate(request, "serve");
    const preflight = readPreflight(wholeBody(request.body));
    await preflights.announce(wallet, preflight);
    return { success: true, message: `${preflight.length} models announced: connect to put them on the market.` };
  };
}

function createStatus({ clock, book, links, preflights, authenticate }: ConnectionDeps) {
  return async (request: FastifyRequest): Promise<object> => {
    const { wallet } = await authenticate(request, "serve");
    const nowMs = clock.now();
    return {
      connected: links.countOf(wallet) > 0,
      timestamp: nowMs,
      timestamp_ui: new Date(nowMs).toISOString(),
      models: modelsOf(book, wallet, (await preflights.find(wallet)) ?? []),
    };
  };
}

function addPreflight(scope: FastifyInstance, deps: ConnectionDeps): void {
  const visitOf = countVisits(scope, deps, "serve"); // before bodies are read: a stranger's is not
  readRawBodies(scope, PREFLIGHT_BODY_BYTES_MAX, (request) => visitOf(request).use);
  const schema = {
    summary: "Announce the models of a first-generation proxy",
    description: "Replaces what this wallet announced before, on its connections too, and is kept for later ones.",
    tags: TAGS,
    security: BEARER,
    body: Type.Object({ models: Type.Array(ModelShape) }, { additionalProperties: true }),
    response: { 200: Type.Object({ success: Type.Boolean(), message: Type.String() }) },
  };
  // The schema documents: prices are read from the body's own characters.
  const undecided = { validatorCompiler: () => () => true };
  scope.post(
    "/providers/connect/preflight",
    { schema, bodyLimit: PREFLIGHT_BODY_BYTES_MAX, ...undecided },
    createPreflight(deps),
  );
}

function addStatus(scope: FastifyInstance, deps: ConnectionDeps): void {
  const schema = {
    summary: "Whether this wallet is connected, and what it sells",
    tags: TAGS,
    security: BEARER,
    response: { 200: StatusShape },
  };
  const asIs = { serializerCompiler: () => JSON.stringify }; // which alone writes exact numbers
  scope.get("/providers/status", { schema, ...asIs }, createStatus(deps));
}

/** Creates the routes. */
export function providerConnectionRoutes(deps: ConnectionDeps): FastifyPluginCallback {
  return (scope, _options, next) => {
    addStatus(scope, deps);
    void scope.register((inner, _inherited, ready) => {
      addPreflight(inner, deps);
      ready();
    });
    next();
  };
}
