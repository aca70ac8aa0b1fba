// Whether an offer may be asked for a request at all, and what it lacks that the request would like.
import type { Medium } from "@aimo-network/protocol/wire/offer";
import { mediaTokensMax } from "@aimo-network/protocol/wire/offer";
import type { Bits } from "./draw.ts";
import type { Percentiles } from "./health/offer-health.ts";
import { CONTEXT_DOUBTED_BYTES } from "./limits.ts";
import type { RankedOffer } from "./model-view.ts";
import { lacksParameters } from "./parameters.ts";
import type { Exclusion } from "./plan.ts";
import type { MaxPrice, NamedProvider, Preferences } from "./preferences.ts";
import { NO_PREFERENCES } from "./preferences.ts";

/** What a request needs from an offer, and what it asks of the choice. */
export interface Needs {
  readonly endpoint: string;
  /** Input kinds beside text; an offer that does not bound what one of them may cost never gets it. */
  readonly inputModalities: ReadonlySet<Medium>;
  /** Output tokens the client asked for; undefined where it left them open. */
  readonly maxTokens: number | undefined;
  readonly isStream: boolean;
  /** Bytes of the request without its media: the length of its prompt, roughly. */
  readonly textBytes: number;
  /** The request's members that an offer may not know. */
  readonly parameters: ReadonlySet<string>;
  readonly payerWallet: string;
  /** The models the payer's key is held to; undefined where it is to none. */
  readonly allowedModels: ReadonlySet<string> | undefined;
  /** The offers that models' names name themselves, as `<wallet>:<slug>`. */
  readonly named: readonly NamedProvider[];
  readonly preferences: Preferences;
  /** The same for the requests of one conversation. */
  readonly draw: Bits;
  /** Offers that the plan may have. */
  readonly places: number;
}

/** Whether an offer is its provider's that is named, or all of that provider's are. */
export function isNamedBy({ wallet, slug }: NamedProvider, { offer }: Pick<RankedOffer, "offer">): boolean {
  return wallet === offer.wallet && (slug === undefined || slug === offer.offer.name.toLowerCase());
}

function isWithin({ prompt, completion, request, image }: MaxPrice, { offer: { price } }: RankedOffer): boolean {
  const { inputCacheRead: cached = price.prompt } = price; // any token may be said to be a cached one
  if (prompt !== undefined && (price.prompt > prompt || cached > prompt)) return false;
  if (completion !== undefined && price.completion > completion) return false;
  if (request !== undefined && (price.request ?? 0n) > request) return false;
  return image === undefined || (price.image ?? 0n) <= image;
}

/** Why an offer is not what the client wants; undefined where it is. */
function unwanted(ranked: RankedOffer, { preferences, parameters, named }: Needs): Exclusion | undefined {
  const { only, ignore, quantizations, order, maxPrice } = preferences;
  if (preferences === NO_PREFERENCES && ranked.hidden === undefined) return undefined; // nearly every request
  const names = (provider: NamedProvider): boolean => isNamedBy(provider, ranked);
  if (only !== undefined && !only.some(names)) return "not_in_only";
  if (ignore.some(names)) return "ignored";
  const isAsked = only !== undefined || named.some(names) || order.some(names);
  if (ranked.hidden !== undefined && !isAsked) return ranked.hidden;
  if (maxPrice !== undefined && !isWithin(maxPrice, ranked)) return "max_price";
  const { terms } = ranked;
  if (quantizations !== undefined && !quantizations.has(terms.quantization ?? "unknown")) return "quantization";
  if (preferences.zdr && terms.zdr !== true) return "zdr";
  if (preferences.dataCollection === "deny" && terms.data_collection !== "deny" && terms.zdr !== true) {
    return "data_collection";
  }
  if (preferences.requireParameters && lacksParameters(parameters, terms)) return "require_parameters";
  return undefined;
}

/** Why an offer may not be asked for a request; undefined where it may. */
export function unfit(ranked: RankedOffer, needs: Needs): Exclusion | undefined {
  const { offer, terms, finding } = ranked;
  if (offer.wallet === needs.payerWallet) return "self_dealing";
  if (needs.allowedModels !== undefined && !needs.allowedModels.has(offer.modelId)) return "model_not_allowed";
  if (!terms.endpoints.some((endpoint) => endpoint === needs.endpoint)) return "endpoint";
  for (const needed of needs.inputModalities) {
    if (!terms.input_modalities.includes(needed) || mediaTokensMax(terms, needed) === undefined) return "modality";
  }
  if (needs.isStream && finding.withdrawn.has("stream")) return "stream";
  const { context_length: contextLength } = terms;
  if (contextLength !== undefined && needs.maxTokens !== undefined && needs.maxTokens > contextLength) {
    return "context_length";
  }
  return unwanted(ranked, needs);
}

/** Whether a prompt is long for an offer that was found not to read as much as it says. */
export function isContextDoubted({ finding }: RankedOffer, { textBytes }: Needs): boolean {
  return textBytes > CONTEXT_DOUBTED_BYTES && finding.withdrawn.has("context");
}

const PERCENTILES = ["p50", "p75", "p90", "p99"] as const;

/** Whether any percentile is measured to be above what is wanted at most. */
export function isOver(measured: Percentiles | undefined, most: Partial<Percentiles>): boolean {
  if (measured === undefined) return false;
  return PERCENTILES.some((name) => measured[name] > (most[name] ?? Infinity));
}

/** Whether any percentile is measured to be below what is wanted at least. */
export function isUnder(measured: Percentiles | undefined, least: Partial<Percentiles>): boolean {
  if (measured === undefined) return false;
  return PERCENTILES.some((name) => measured[name] < (least[name] ?? 0));
}
