// Where a price stands among those of the same model, compared as the router compares them.
import type { Offer } from "../answers.ts";

const PICO_PLACES = 12;
const DECIMAL = /^(\d{1,15})(?:\.(\d{1,12})0*)?$/;
const MILLION = 1_000_000n;
// As the router counts a fee per request beside tokens: a thousand requests of two thousand tokens.
const REQUESTS_COUNTED = 1_000n;

/** How one's own price stands beside those of other wallets. */
export interface MarketPosition {
  /** Other offers that anybody may get. */
  readonly others: number;
  /** 1 for the cheapest; equal prices share a rank. */
  readonly rank: number;
  /** How many percent dearer than the median of the others; negative where cheaper, undefined where there is none. */
  readonly abovePercent: bigint | undefined;
}

/** A decimal text of USDC in pico-USDC; undefined where it is none. */
export function picoOf(text: string): bigint | undefined {
  const match = DECIMAL.exec(text);
  return match === null ? undefined : BigInt(`${match[1]}${(match[2] ?? "").padEnd(PICO_PLACES, "0")}`);
}

type Pricing = Pick<Offer["pricing"], "prompt" | "completion"> & { readonly request?: string };

/** What a thousand requests of two thousand tokens cost, half of them prompt, in pico-USDC. */
export function comparedPrice({ prompt, completion, request = "0" }: Pricing): bigint | undefined {
  const [input, output, fee] = [picoOf(prompt), picoOf(completion), picoOf(request)];
  if (input === undefined || output === undefined || fee === undefined) return undefined;
  return (input + output) * MILLION + fee * REQUESTS_COUNTED;
}

function medianOf(sorted: readonly bigint[]): bigint | undefined {
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2n;
}

/** The position of `own` among the offers of its model; undefined where a price cannot be read. */
export function positionOf(
  own: Pick<Offer, "provider_name"> & { readonly pricing: Pricing },
  offers: readonly (Pick<Offer, "provider_name" | "status"> & { readonly pricing: Pricing })[],
): MarketPosition | undefined {
  const price = comparedPrice(own.pricing);
  if (price === undefined) return undefined;
  const prices = offers
    .filter(({ provider_name: wallet, status }) => wallet !== own.provider_name && status > -3) // -3 is got by its tag alone
    .flatMap(({ pricing }) => comparedPrice(pricing) ?? [])
    .toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const median = medianOf(prices);
  return {
    others: prices.length,
    rank: 1 + prices.filter((other) => other < price).length,
    abovePercent: median === undefined || median === 0n ? undefined : ((price - median) * 100n) / median,
  };
}

const ORDINALS = ["cheapest", "2nd cheapest", "3rd cheapest"];

/** The position as a person says it: `cheapest of 4`. */
export function positionWords({ others, rank }: MarketPosition): string {
  if (others === 0) return "the only offer";
  const of = others + 1;
  const place = rank === of ? "dearest" : (ORDINALS[rank - 1] ?? `${rank}th cheapest`);
  return `${place} of ${of}`;
}
