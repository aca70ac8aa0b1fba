// One provider's offer of a model in OpenRouter's shape, and in our own `aimo` why it gets the traffic it gets.
import type { Static } from "typebox";
import { Type } from "typebox";
import type { Percentiles } from "../../market/health/offer-health.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { ModelView, RankedOffer } from "../../market/model-view.ts";
import { supportedParameters } from "../../market/parameters.ts";
import { whyPlaced } from "./endpoint-reasons.ts";
import { PricingShape, pricingOf, rounded } from "./model-shapes.ts";

const Tokens = Type.Union([Type.Integer(), Type.Null()]);
const Percent = Type.Union([Type.Number(), Type.Null()], {
  description: "Percent of the attempts that succeeded; requests that were refused for being too many do not count",
});
const percentiles = (description: string) =>
  Type.Union(
    [Type.Object({ p50: Type.Number(), p75: Type.Number(), p90: Type.Number(), p99: Type.Number() }), Type.Null()],
    { description },
  );

const ReasonShape = Type.Object({
  code: Type.String(),
  words: Type.String({ description: "For the provider to read" }),
});

const AimoEndpointShape = Type.Object({
  share: Type.Number({ description: "Its part of the model's traffic, 0 to 1, before what single requests ask for" }),
  tier: Type.String({ description: "good, slow, degraded, resting or outage: the good ones are asked first" }),
  verdict: Type.String({ description: "verified, new (not examined yet) or unverified" }),
  examined_at: Type.Union([Type.String({ format: "date-time" }), Type.Null()]),
  withdrawn: Type.Array(Type.String(), { description: "What it says it can do and could not when it was asked to" }),
  is_new: Type.Boolean({ description: "Served too few payers to be known" }),
  since: Type.String({
    format: "date-time",
    description: "When it came on sale, on the link that has sold it longest",
  }),
  links: Type.Integer({ description: "Connections that sell it on these terms" }),
  free_slots: Type.Integer({ description: "Requests they could take now" }),
  data_collection: Type.Union([Type.String(), Type.Null()]),
  zdr: Type.Boolean({ description: "Says it keeps nothing when an answer has ended" }),
  hedge: Type.Boolean({ description: "May be asked at the same time as another" }),
  reasons: Type.Array(ReasonShape),
});

/** One provider's offer of a model. */
export const EndpointShape = Type.Object({
  name: Type.String(),
  model_id: Type.String(),
  model_name: Type.String(),
  provider_name: Type.String({ description: "The provider's wallet" }),
  tag: Type.String({ description: "How to ask for this offer: `<wallet>:<slug>`" }),
  context_length: Type.Integer({ description: "0 where the provider does not say" }),
  max_completion_tokens: Tokens,
  max_prompt_tokens: Tokens,
  pricing: PricingShape,
  quantization: Type.Union([Type.String(), Type.Null()]),
  supported_parameters: Type.Array(Type.String()),
  status: Type.Integer({
    description: "0: asked first; -1: after the others (slow, degraded or resting); -2: in outage; -3: by `tag` only",
  }),
  supports_implicit_caching: Type.Boolean(),
  uptime_last_5m: Percent,
  uptime_last_30m: Percent,
  uptime_last_1d: Percent,
  latency_last_30m: percentiles("Milliseconds to the first output, of streams"),
  throughput_last_30m: percentiles("Tokens a second after it; p99 is the speed that 99 % reach"),
  aimo: AimoEndpointShape,
});
/** One endpoint. */
export type Endpoint = Static<typeof EndpointShape>;

/** Requests that a link could take now for an offer. */
export type FreeSlots = (offer: LiveOffer) => number;

const STATUS = { good: 0, slow: -1, degraded: -1, resting: -1, outage: -2 } as const;
const HIDDEN_STATUS = -3;
const SHARE_DECIMALS = 4;

function shownPercent(percent: number | undefined): number | null {
  return percent === undefined ? null : rounded(percent, 2);
}

function shownPercentiles(of: Percentiles | undefined, decimals: number): Percentiles | null {
  if (of === undefined) return null;
  const [p50, p75, p90, p99] = [of.p50, of.p75, of.p90, of.p99].map((value) => rounded(value, decimals));
  return { p50: p50 ?? 0, p75: p75 ?? 0, p90: p90 ?? 0, p99: p99 ?? 0 };
}

function isoTime(ms: number | undefined): string | null {
  return ms === undefined ? null : new Date(ms).toISOString();
}

function aimoOf(one: RankedOffer, view: ModelView, freeSlots: FreeSlots): Endpoint["aimo"] {
  const { terms, finding, links, measured } = one;
  let [free, sinceMs] = [0, Infinity];
  for (const link of links) {
    free += freeSlots(link);
    sinceMs = Math.min(sinceMs, link.sinceMs);
  }
  return {
    share: rounded(one.share, SHARE_DECIMALS),
    tier: one.standing,
    verdict: finding.verdict,
    examined_at: isoTime(finding.examinedAtMs),
    withdrawn: [...finding.withdrawn],
    is_new: measured.isNew,
    since: new Date(sinceMs).toISOString(),
    links: links.length,
    free_slots: free,
    data_collection: terms.data_collection ?? null,
    zdr: terms.zdr ?? false,
    hedge: terms.hedge ?? false,
    reasons: [...whyPlaced(one, view, free)],
  };
}

/** One offer as the endpoints of its model show it. */
export function toEndpoint(one: RankedOffer, view: ModelView, freeSlots: FreeSlots): Endpoint {
  const { offer, terms, measured, hidden, standing } = one;
  return {
    name: `${terms.display_name} | ${offer.wallet}`,
    model_id: offer.modelId,
    model_name: terms.display_name,
    provider_name: offer.wallet,
    tag: `${offer.wallet}:${terms.name}`,
    context_length: terms.context_length ?? 0,
    max_completion_tokens: terms.max_completion_tokens ?? null,
    max_prompt_tokens: terms.context_length ?? null,
    pricing: pricingOf(offer.price),
    quantization: terms.quantization ?? null,
    supported_parameters: [...supportedParameters(terms)],
    status: hidden === undefined ? STATUS[standing] : HIDDEN_STATUS,
    supports_implicit_caching: offer.price.inputCacheRead !== undefined,
    uptime_last_5m: shownPercent(measured.uptime5m),
    uptime_last_30m: shownPercent(measured.uptime30m),
    uptime_last_1d: shownPercent(measured.uptime1d),
    latency_last_30m: shownPercentiles(measured.firstOutputMs, 0),
    throughput_last_30m: shownPercentiles(measured.tokensPerSecond, 1),
    aimo: aimoOf(one, view, freeSlots),
  };
}
