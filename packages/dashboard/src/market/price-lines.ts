// The history of prices as lines of steps: a price holds until the next one.
import { perMillion } from "../ui/amount-text.ts";
import { PRICE_LINES_MAX } from "./limits.ts";

/** What an offer cost since a moment; prices in USDC per token, as decimals. */
export interface PriceChange {
  readonly provider_name: string;
  readonly since: string;
  readonly pricing: { readonly prompt: string; readonly completion: string };
}

/** Which price is looked at. */
export type PriceKind = "prompt" | "completion";

/** A moment at which something changed, with what every line is from then on. */
export interface PriceMoment {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  /** By line: USDC per million tokens, all digits; undefined before its first price. */
  readonly texts: readonly (string | undefined)[];
  /** By line: the same for pixels. */
  readonly heights: readonly (number | undefined)[];
}

/** The lines of a chart. */
export interface PriceLines {
  /** The providers' wallets, the cheapest now first. */
  readonly wallets: readonly string[];
  readonly moments: readonly PriceMoment[];
  /** Providers that have no line, since there would be too many. */
  readonly omitted: number;
}

/** A decimal text as a height in a chart: the only place where a price becomes a float. */
function chartHeight(text: string): number {
  return Number.parseFloat(text);
}

function byPrice([one, before]: readonly [string, string], [other, after]: readonly [string, string]): number {
  return chartHeight(before) - chartHeight(after) || (one < other ? -1 : 1);
}

/** The lines from changes in any order, up to now. */
export function priceLines(changes: readonly PriceChange[], kind: PriceKind, nowMs: number): PriceLines {
  const ordered = changes
    .map(({ provider_name: wallet, since, pricing }) => ({
      wallet,
      atMs: Date.parse(since),
      text: perMillion(pricing[kind]),
    }))
    .toSorted((one, other) => one.atMs - other.atMs);
  const newest = new Map(ordered.map(({ wallet, text }) => [wallet, text] as const));
  const ranked = [...newest].toSorted(byPrice).map(([wallet]) => wallet);
  const wallets = ranked.slice(0, PRICE_LINES_MAX);
  const current: (string | undefined)[] = wallets.map(() => undefined);
  const moments: PriceMoment[] = [];
  const note = (atMs: number): void => {
    if (moments.at(-1)?.atMs === atMs) moments.pop();
    moments.push({
      atMs,
      texts: [...current],
      heights: current.map((text) => (text === undefined ? undefined : chartHeight(text))),
    });
  };
  for (const { wallet, atMs, text } of ordered) {
    const line = wallets.indexOf(wallet);
    if (line === -1) continue;
    current[line] = text;
    note(atMs);
  }
  if (moments.length > 0) note(Math.max(nowMs, moments.at(-1)?.atMs ?? nowMs));
  return { wallets, moments, omitted: ranked.length - wallets.length };
}

const DAY_MS = 86_400_000;

/** A moment below the chart, in UTC: the day, or the time where all of it is within two days. */
export function axisText(atMs: number, rangeMs: number): string {
  const iso = new Date(atMs).toISOString();
  return rangeMs < 2 * DAY_MS ? iso.slice(11, 16) : iso.slice(0, 10);
}
