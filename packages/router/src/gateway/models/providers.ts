// GET /providers: who is connected, what they sell and how reliably.
import type { Clock } from "@aimo-network/protocol/clock";
import type { FastifyPluginCallback, FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { ModelViews, RankedOffer } from "../../market/model-view.ts";
import type { OfferBook } from "../../market/offer-book.ts";
import type { Links } from "../../providers/links.ts";
import type { Catalogue } from "./catalogue.ts";
import { EndpointShape } from "./endpoint-shapes.ts";
import { byShare } from "./model-shapes.ts";
import { sendPrepared } from "./prepared-answer.ts";
import { Slices } from "./slices.ts";

const Uptime = Type.Union([Type.Number(), Type.Null()], {
  description: "Percent of the attempts at its offers that succeeded, by each offer's share of its model's traffic",
});
const Count = Type.Integer();

const ProviderShape = Type.Object({
  name: Type.String({ description: "The provider's wallet" }),
  slug: Type.String({ description: "What `<wallet>:<model>` starts with" }),
  wallet: Type.String(),
  connected_since: Type.String({ format: "date-time" }),
  serving_since: Type.Union([Type.String({ format: "date-time" }), Type.Null()], {
    description: "The first answer of an offer that it sells now",
  }),
  links: Type.Integer({ description: "Connections it holds now" }),
  models: Type.Array(Type.String()),
  offers: Type.Object(
    { verified: Count, unverified: Count, new: Count },
    { description: "How many of its offers can do what they say, count tokens unlike others, are not examined yet" },
  ),
  uptime_last_30m: Uptime,
  uptime_last_1d: Uptime,
  privacy_policy_url: Type.Null(),
  terms_of_service_url: Type.Null(),
  status_page_url: Type.Null(),
});
type Provider = Static<typeof ProviderShape>;

const WALLET_PARAMS = Type.Object({ wallet: Type.String({ maxLength: 44 }) });
interface WalletRequest {
  readonly Params: Static<typeof WALLET_PARAMS>;
}

/** What these endpoints read. */
export interface ProvidersDeps {
  readonly clock: Clock;
  readonly book: Pick<OfferBook, "models">;
  readonly links: Links;
  readonly views: ModelViews;
  readonly catalogue: Pick<Catalogue, "kept" | "compressor" | "offersOf">;
}

/** The offers of each wallet, found with pauses. */
async function offersByWallet({ clock, book, views }: ProvidersDeps): Promise<Map<string, readonly RankedOffer[]>> {
  const found = new Map<string, RankedOffer[]>();
  const slices = new Slices(clock);
  for (const offers of book.models().values()) {
    for (const one of views.of(offers).ranked) {
      const own = found.get(one.offer.wallet);
      if (own === undefined) found.set(one.offer.wallet, [one]);
      else own.push(one);
    }
    if (slices.isOver()) await slices.pause();
  }
  return found;
}

/** The offers of one wallet: of models that it does not sell nothing is made for it. */
function offersOf({ book, views }: ProvidersDeps, wallet: string): readonly RankedOffer[] {
  const isOwn = ({ offer }: Pick<RankedOffer, "offer">): boolean => offer.wallet === wallet;
  const found: RankedOffer[] = [];
  for (const offers of book.models().values()) {
    if (offers.some((offer) => offer.wallet === wallet)) found.push(...views.of(offers).ranked.filter(isOwn));
  }
  return found;
}

function toProvider(wallet: string, sinceMs: number, linkCount: number, offers: readonly RankedOffer[]): Provider {
  const servingMs = Math.min(...offers.map(({ measured }) => measured.firstSuccessMs ?? Infinity));
  const verdicts = (verdict: string): number => offers.filter(({ finding }) => finding.verdict === verdict).length;
  return {
    name: wallet,
    slug: wallet,
    wallet,
    connected_since: new Date(sinceMs).toISOString(),
    serving_since: Number.isFinite(servingMs) ? new Date(servingMs).toISOString() : null,
    links: linkCount,
    models: [...new Set(offers.map(({ offer }) => offer.modelId))].toSorted(),
    offers: { verified: verdicts("verified"), unverified: verdicts("unverified"), new: verdicts("new") },
    uptime_last_30m: byShare(offers, ({ measured }) => measured.uptime30m, 2),
    uptime_last_1d: byShare(offers, ({ measured }) => measured.uptime1d, 2),
    privacy_policy_url: null,
    terms_of_service_url: null,
    status_page_url: null,
  };
}

/** Everybody who is connected, those first who have been there longest. */
async function listProviders(deps: ProvidersDeps): Promise<Provider[]> {
  const { links } = deps;
  const offers = await offersByWallet(deps);
  const sinceMs = new Map<string, number>();
  for (const { wallet, connectedAtMs } of links.all()) {
    sinceMs.set(wallet, Math.min(connectedAtMs, sinceMs.get(wallet) ?? Infinity));
  }
  return [...sinceMs]
    .toSorted(([, one], [, other]) => one - other)
    .map(([wallet, since]) => toProvider(wallet, since, links.countOf(wallet), offers.get(wallet) ?? []));
}

/** One of them; undefined for a wallet that is not connected. */
function findProvider(deps: ProvidersDeps, wallet: string): Provider | undefined {
  const own = [...deps.links.all()].filter((link) => link.wallet === wallet);
  if (own.length === 0) return undefined;
  const sinceMs = Math.min(...own.map(({ connectedAtMs }) => connectedAtMs));
  return toProvider(wallet, sinceMs, own.length, offersOf(deps, wallet));
}

/** Creates the routes. */
export function providerRoutes(deps: ProvidersDeps): FastifyPluginCallback {
  const { catalogue } = deps;
  return (scope, _options, next) => {
    const list = {
      summary: "Connected providers",
      tags: ["Providers"],
      response: { 200: Type.Object({ data: Type.Array(ProviderShape) }) },
    };
    scope.get("/providers", { schema: list }, async (request, reply) => {
      const answer = await catalogue.kept.get("providers", async () => {
        const data = await listProviders(deps);
        return { json: JSON.stringify({ data }), offers: data.reduce((sum, { models }) => sum + models.length, 0) };
      });
      return await sendPrepared(request, reply, answer, catalogue.compressor);
    });

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
      params: WALLET_PARAMS,
      response: { 200: Type.Object({ data: ProviderShape }) },
    };
    scope.get("/providers/:wallet", { schema: one }, ({ params }: FastifyRequest<WalletRequest>) => {
      const data = findProvider(deps, params.wallet);
      if (data === undefined) throw new AimoError("provider_not_found", { wallet: params.wallet });
      return { data };
    });

    const endpoints = {
      summary: "A connected provider's offers, and why each gets the traffic it gets",
      tags: ["Providers"],
      params: WALLET_PARAMS,
      response: { 200: Type.Object({ data: Type.Array(EndpointShape) }) },
    };
    scope.get(
      "/providers/:wallet/endpoints",
      { schema: endpoints },
      async (request: FastifyRequest<WalletRequest>, reply) => {
        const { wallet } = request.params;
        if (deps.links.countOf(wallet) === 0) throw new AimoError("provider_not_found", { wallet });
        const answer = await catalogue.kept.get(`offers of ${wallet}`, async () => {
          const { json, offers } = await catalogue.offersOf(wallet);
          return { json: `{"data":${json}}`, offers };
        });
        return await sendPrepared(request, reply, answer, catalogue.compressor);
      },
    );
    next();
  };
}
