// Models in OpenRouter's shape, with OpenAI's `object` fields and our own `aimo` beside them.
import type { Static } from "typebox";
import { Type } from "typebox";
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import { formatPerToken } from "@aimo-network/protocol/price";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { ModelView, RankedOffer } from "../../market/model-view.ts";
import { supportedParameters } from "../../market/parameters.ts";

/** Prices as OpenRouter writes them. */
export const PricingShape = Type.Object({
  prompt: Type.String({ description: "USDC per prompt token" }),
  completion: Type.String({ description: "USDC per completion token" }),
  request: Type.String({ description: "USDC per request" }),
  image: Type.String({ description: "USDC per image input" }),
  input_cache_read: Type.Optional(Type.String({ description: "USDC per cached prompt token" })),
});

/** What goes in and what comes out. */
const ArchitectureShape = Type.Object({
  modality: Type.String(),
  input_modalities: Type.Array(Type.String()),
  output_modalities: Type.Array(Type.String()),
  tokenizer: Type.String(),
  instruct_type: Type.Null(),
});

/** A count of tokens; null where nobody says. */
const Tokens = Type.Union([Type.Integer(), Type.Null()]);

const Measure = (description: string) => Type.Union([Type.Number(), Type.Null()], { description });

const AimoModelShape = Type.Object({
  providers: Type.Integer({ description: "Wallets that sell it" }),
  verified: Type.Integer({ description: "Of them, those whose offer was examined and can do what it says" }),
  unverified: Type.Integer({
    description: "Reached by `<wallet>:<slug>` only: they count tokens unlike everybody else",
  }),
  new: Type.Integer({ description: "Those who have served too few payers to be known" }),
  latency_p50: Measure("Milliseconds to the first output over 30 minutes, by each offer's share of the traffic"),
  throughput_p50: Measure("Tokens a second after it, likewise"),
  uptime_last_30m: Measure("Percent of attempts that succeeded, likewise"),
});

/** One model: prices of its cheapest offer, everything else of what all its offers together can. */
export const ModelShape = Type.Object({
  id: Type.String(),
  canonical_slug: Type.String(),
  name: Type.String(),
  object: Type.Literal("model"),
  owned_by: Type.String(),
  created: Type.Integer({ description: "Seconds since 1970 when its first present offer came" }),
  description: Type.String(),
  context_length: Tokens,
  architecture: ArchitectureShape,
  pricing: PricingShape,
  top_provider: Type.Object({ is_moderated: Type.Boolean(), context_length: Tokens, max_completion_tokens: Tokens }),
  per_request_limits: Type.Null(),
  supported_parameters: Type.Array(Type.String()),
  default_parameters: Type.Null(),
  supported_voices: Type.Null(),
  links: Type.Object({ details: Type.String() }),
  aimo: AimoModelShape,
});
/** One model. */
export type Model = Static<typeof ModelShape>;

/** Prices per token, per request and per image. */
export function pricingOf(price: Price): Static<typeof PricingShape> {
  const zero = microUsdc(0n);
  return {
    prompt: formatPerToken(price.prompt),
    completion: formatPerToken(price.completion),
    request: formatMicroUsdc(price.request ?? zero),
    image: formatMicroUsdc(price.image ?? zero),
    ...(price.inputCacheRead !== undefined && { input_cache_read: formatPerToken(price.inputCacheRead) }),
  };
}

function union<Name extends string>(lists: readonly (readonly Name[])[]): Name[] {
  return [...new Set(lists.flat())];
}

/** Of several offers' terms everything that one of them has. */
function architectureOf(terms: readonly Offer[]): Static<typeof ArchitectureShape> {
  const input = union(terms.map((offer) => offer.input_modalities));
  const output = union(terms.map((offer) => offer.output_modalities));
  return {
    modality: `${input.join("+")}->${output.join("+")}`,
    input_modalities: input,
    output_modalities: output,
    tokenizer: "Other",
    instruct_type: null,
  };
}

/** Those that are reached by the model's name; where there are none, all of them. */
export function openOffers({ ranked }: ModelView): readonly RankedOffer[] {
  const open = ranked.filter(({ hidden }) => hidden === undefined);
  return open.length > 0 ? open : ranked;
}

/** The cheapest stands for a model in lists. */
export function cheapest(offers: readonly RankedOffer[]): RankedOffer | undefined {
  let found: RankedOffer | undefined;
  for (const one of offers) if (found === undefined || one.comparedPrice < found.comparedPrice) found = one;
  return found;
}

/** Of what has been measured, by the offers' shares; null where nothing has. */
export function byShare(
  offers: readonly RankedOffer[],
  read: (offer: RankedOffer) => number | undefined,
  decimals: number,
): number | null {
  let [sum, weights] = [0, 0];
  for (const one of offers) {
    const value = read(one);
    const weight = one.share > 0 ? one.share : Number.EPSILON; // who gets nothing counts where nobody else was measured
    if (value === undefined) continue;
    sum += value * weight;
    weights += weight;
  }
  return weights === 0 ? null : rounded(sum / weights, decimals);
}

/** A number with so many decimals at most. */
export function rounded(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale;
}

function countWallets(offers: readonly RankedOffer[]): number {
  return new Set(offers.map(({ offer }) => offer.wallet)).size;
}

function aimoOf(ranked: readonly RankedOffer[], open: readonly RankedOffer[]): Model["aimo"] {
  const verdicts = (verdict: string): number =>
    countWallets(ranked.filter(({ finding }) => finding.verdict === verdict));
  return {
    providers: countWallets(ranked),
    verified: verdicts("verified"),
    unverified: verdicts("unverified"),
    new: countWallets(ranked.filter(({ measured }) => measured.isNew)),
    latency_p50: byShare(open, ({ measured }) => measured.firstOutputMs?.p50, 0),
    throughput_p50: byShare(open, ({ measured }) => measured.tokensPerSecond?.p50, 1),
    uptime_last_30m: byShare(open, ({ measured }) => measured.uptime30m, 2),
  };
}

function longest(lengths: readonly (number | undefined)[]): number | null {
  const known = lengths.filter((length) => length !== undefined);
  return known.length === 0 ? null : Math.max(...known);
}

/** A model as lists show it; undefined when nobody offers it any more. */
export function toModel(id: string, view: ModelView): Model | undefined {
  const open = openOffers(view);
  const shown = cheapest(open);
  if (shown === undefined) return undefined;
  const { terms, offer } = shown;
  const allTerms = open.map((one) => one.terms);
  const firstMs = Math.min(...view.ranked.flatMap(({ links }) => links.map(({ sinceMs }) => sinceMs)));
  return {
    id,
    canonical_slug: id,
    name: terms.display_name,
    object: "model",
    owned_by: id.slice(0, id.indexOf("/")),
    created: Math.floor(firstMs / 1000),
    description: "",
    context_length: longest(allTerms.map(({ context_length: length }) => length)),
    architecture: architectureOf(allTerms),
    pricing: pricingOf(offer.price),
    top_provider: {
      is_moderated: false,
      context_length: terms.context_length ?? null,
      max_completion_tokens: terms.max_completion_tokens ?? null,
    },
    per_request_limits: null,
    supported_parameters: union(allTerms.map(supportedParameters)),
    default_parameters: null,
    supported_voices: null,
    links: { details: `/api/v1/models/${id}/endpoints` },
    aimo: aimoOf(view.ranked, open),
  };
}
