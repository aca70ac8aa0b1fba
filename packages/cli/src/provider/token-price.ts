// Prices as markets tell them, USDC per token, as people read and configs hold them: USDC per million tokens.
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { formatMicroUsdc, parseMicroUsdc } from "@aimo-network/protocol/money";
import { perMillion } from "../models/price-text.ts";

/** The price per million tokens of one that a router tells per token; undefined for what is no price. */
export function tokenPrice(perToken: string | undefined): MicroUsdc | undefined {
  const text = perMillion(perToken);
  return text === undefined ? undefined : parseMicroUsdc(text);
}

/** A price for people; a dash where there is none. */
export function priceText(price: MicroUsdc | undefined): string {
  return price === undefined ? "–" : formatMicroUsdc(price);
}

/** The middle one of several prices, the lower of two in the middle: a price that somebody asks. */
export function medianPrice(prices: readonly MicroUsdc[]): MicroUsdc | undefined {
  const sorted = prices.toSorted((one, other) => (one < other ? -1 : Number(one > other)));
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
