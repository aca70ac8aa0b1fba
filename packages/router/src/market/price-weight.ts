// An offer's share among equals: the inverse square of its price, in integers.
import type { Price } from "@aimo-network/protocol/price";

// A tenth of a US cent per million tokens: below it a cheaper offer wins no more, so that a free one cannot take all.
const PRICE_FLOOR = 1_000n;
const SCALE = 10n ** 40n; // keeps the weight of the dearest possible offer well above zero

/** The weight of an offer in the weighted random choice; a million prompt and a million completion tokens count as its price. */
export function priceWeight(price: Price): bigint {
  const total = price.prompt + price.completion;
  const counted = total > PRICE_FLOOR ? total : PRICE_FLOOR;
  return SCALE / (counted * counted);
}
