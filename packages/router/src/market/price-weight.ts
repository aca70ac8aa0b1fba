// An offer's share among equals: the inverse square of its price. A share is no amount of money, so it may be a float.
import type { Price } from "@aimo-network/protocol/price";

// A tenth of a US cent per million tokens: below it a cheaper offer wins no more, so that a free one cannot take all.
const PRICE_FLOOR = 1_000;
// What a fee per request, or per image, counts beside a million prompt and a million completion tokens: a thousand
// requests of two thousand tokens have as many, and were it not counted, free tokens could hide any fee.
const REQUESTS_COUNTED = 1_000n;

/** The prices of an offer as one number to compare by: micro-USDC for a thousand requests of two thousand tokens, half of them prompt. */
export function comparedPrice(price: Price, hasImage: boolean): number {
  const { prompt, completion, inputCacheRead: cached = 0n, request = 0n, image = 0n } = price;
  const dearestPrompt = cached > prompt ? cached : prompt; // who asks more for cached tokens reports all of them as cached
  const fees = request + (hasImage ? image : 0n);
  return Number(dearestPrompt + completion + fees * REQUESTS_COUNTED);
}

/** The weight of a compared price in the weighted choice; 1 at the floor and below. */
export function priceWeight(compared: number): number {
  const part = PRICE_FLOOR / Math.max(compared, PRICE_FLOOR);
  return part * part;
}
