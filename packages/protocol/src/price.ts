// What an offer charges, and what a request costs: exact, rounded up once.
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "./errors.ts";
import { divide, formatMicroUsdc, formatPicoUsdc, microUsdc, nanoUsdc, parseMicroUsdc } from "./money.ts";
import type { MicroUsdc, NanoUsdc } from "./money.ts";
import type { Usage } from "./usage.ts";

/** Token prices in micro-USDC per million tokens, which is exactly pico-USDC per token; the rest in micro-USDC each. */
export interface Price {
  readonly prompt: MicroUsdc;
  readonly completion: MicroUsdc;
  /** Prompt tokens served from the provider's cache; without it they cost as much as any prompt token. */
  readonly inputCacheRead?: MicroUsdc;
  /** Per image input. */
  readonly image?: MicroUsdc;
  /** Per request. */
  readonly request?: MicroUsdc;
}

const DecimalUsdc = Type.String({ pattern: "^(0|[1-9][0-9]{0,12})(\\.[0-9]{1,6})?$" });

/** Prices on the wire: decimal strings of USDC, per million tokens (`image`, `request`: each). */
export const PricingSchema = Type.Object(
  {
    prompt: DecimalUsdc,
    completion: DecimalUsdc,
    input_cache_read: Type.Optional(DecimalUsdc),
    image: Type.Optional(DecimalUsdc),
    request: Type.Optional(DecimalUsdc),
  },
  { additionalProperties: false },
);
export type Pricing = Static<typeof PricingSchema>;

const PRICE_MAX = microUsdc(1_000_000n * 1_000_000n); // 1,000,000 USDC: dearer is a typing error, and 9 billion tokens stay in range

function readPrice(name: string, text: string): MicroUsdc {
  const price = parseMicroUsdc(text);
  if (price > PRICE_MAX) {
    throw new AimoError("invalid_amount", {
      expected: `a price \`${name}\` of at most ${formatMicroUsdc(PRICE_MAX)} USDC`,
      found: text,
    });
  }
  return price;
}

/** Reads prices from the wire; throws `invalid_amount` for a sign, an exponent, a seventh decimal or an absurd price. */
export function parsePricing(pricing: Pricing): Price {
  return {
    prompt: readPrice("prompt", pricing.prompt),
    completion: readPrice("completion", pricing.completion),
    ...(pricing.input_cache_read !== undefined && {
      inputCacheRead: readPrice("input_cache_read", pricing.input_cache_read),
    }),
    ...(pricing.image !== undefined && { image: readPrice("image", pricing.image) }),
    ...(pricing.request !== undefined && { request: readPrice("request", pricing.request) }),
  };
}

/** Writes prices for the wire: the exact inverse of `parsePricing`. */
export function formatPricing(price: Price): Pricing {
  return {
    prompt: formatMicroUsdc(price.prompt),
    completion: formatMicroUsdc(price.completion),
    ...(price.inputCacheRead !== undefined && { input_cache_read: formatMicroUsdc(price.inputCacheRead) }),
    ...(price.image !== undefined && { image: formatMicroUsdc(price.image) }),
    ...(price.request !== undefined && { request: formatMicroUsdc(price.request) }),
  };
}

const PICO_PER_MICRO = 1_000_000n;
/** Pico-USDC, in which prices are counted, in a nano-USDC. */
export const PICO_PER_NANO = 1_000n;

/**
 * The exact cost of one answer in pico-USDC (accounting.md). Cached tokens are part of the prompt and reasoning tokens
 * part of the completion, so neither is counted twice.
 */
export function costInPico(price: Price, usage: Usage, imageCount = 0): bigint {
  const cached = BigInt(usage.cachedTokens);
  const uncached = BigInt(usage.promptTokens) - cached;
  return (
    uncached * price.prompt +
    cached * (price.inputCacheRead ?? price.prompt) +
    BigInt(usage.completionTokens) * price.completion +
    BigInt(imageCount) * (price.image ?? 0n) * PICO_PER_MICRO +
    (price.request ?? 0n) * PICO_PER_MICRO
  );
}

/** The cost of one answer in nano-USDC: Σ quantity × price in pico-USDC, rounded up once (accounting.md). */
export function cost(price: Price, usage: Usage, imageCount = 0): NanoUsdc {
  return nanoUsdc(divide(costInPico(price, usage, imageCount), PICO_PER_NANO, "up"));
}

/** A token price as decimal USDC per single token, as OpenRouter's lists show it. */
export function formatPerToken(price: MicroUsdc): string {
  return formatPicoUsdc(price); // micro-USDC per million tokens is pico-USDC per token
}
