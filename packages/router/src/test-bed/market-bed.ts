// A market whose knowledge is what a test says: for what is chosen, not for how it was learnt.
import type { Clock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import { bitsOf } from "../market/draw.ts";
import type { Needs } from "../market/fitness.ts";
import type { Measured, OfferHealth, Tier } from "../market/health/offer-health.ts";
import { NOTHING_MEASURED } from "../market/health/offer-record.ts";
import type { Market } from "../market/market.ts";
import { createMarket } from "../market/market.ts";
import type { LiveOffer, OfferBook } from "../market/offer-book.ts";
import { createOfferBook } from "../market/offer-book.ts";
import { NO_PREFERENCES } from "../market/preferences.ts";
import type { Finding, OfferTruth } from "../market/truth/offer-truth.ts";
import { plainOffer } from "./scripted-provider.ts";

/** An offer of which nothing is known but that it has long been there. */
const PROVEN: Measured = { ...NOTHING_MEASURED, isNew: false, firstSuccessMs: -365 * 24 * 3_600_000 };

/** What a test says of offers, by their ids; what it leaves out is good, proven and true. */
export interface SaidOfOffers {
  readonly tiers?: Readonly<Record<string, Tier>>;
  readonly measured?: Readonly<Record<string, Partial<Measured>>>;
  readonly findings?: Readonly<Record<string, Partial<Finding>>>;
  mayProbe?(offerId: string): boolean;
}

/** Health as it is said to be. */
export function saidHealth({ tiers = {}, measured = {}, mayProbe = () => false }: SaidOfOffers): OfferHealth {
  return {
    version: 1,
    judge: () => undefined,
    tier: (offerId) => tiers[offerId] ?? "good",
    isProving: () => false,
    mayProbe,
    probed: () => undefined,
    unprobed: () => undefined,
    measured: (offerId) => ({ ...PROVEN, ...measured[offerId] }),
  };
}

/** Truth as it is said to be. */
export function saidTruth({ findings = {} }: SaidOfOffers): OfferTruth {
  return {
    version: 1,
    finding: (offerId) => ({
      verdict: "verified",
      withdrawn: new Set(),
      examinedAtMs: 0,
      ...findings[offerId],
    }),
  };
}

/** One seller of a model: its wallet, its price for prompt tokens in USDC per million, and what else it offers. */
export type Seller = readonly [wallet: string, prompt: string, more?: Partial<Offer> & { readonly network?: string }];

/** A book in which each seller has one offer of `community/m` on one link. */
export function bookOf(sellers: readonly Seller[]): OfferBook {
  const book = createOfferBook();
  for (const [index, [wallet, prompt, { network, ...more } = {}]] of sellers.entries()) {
    const offer = plainOffer("m", { pricing: { prompt, completion: "0" }, ...more });
    book.replace({ id: `link-${index}`, wallet, network }, [offer], 0);
  }
  return book;
}

/** A market of these sellers; offers' ids are `<wallet>/m`. */
export function marketOf(sellers: readonly Seller[], said: SaidOfOffers = {}, clock: Clock = manualClock()): Market {
  return createMarket(clock, { book: bookOf(sellers), health: saidHealth(said), truth: saidTruth(said) });
}

/** The offers of `community/m`. */
export function offersOf({ book }: Pick<Market, "book">): readonly LiveOffer[] {
  return book.models().get("community/m") ?? [];
}

/** A plain request's needs; each `prefix` is another conversation. */
export function plainNeeds(prefix = "", more: Partial<Needs> = {}): Needs {
  return {
    endpoint: "/chat/completions",
    inputModalities: new Set(),
    maxTokens: undefined,
    isStream: false,
    textBytes: 100,
    parameters: new Set(),
    payerWallet: "payer",
    allowedModels: undefined,
    named: [],
    preferences: NO_PREFERENCES,
    draw: bitsOf(prefix),
    places: 3,
    ...more,
  };
}
