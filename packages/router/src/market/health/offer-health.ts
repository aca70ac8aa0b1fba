// What is known of how well each offer serves: who is asked next follows from it, and everybody may see it.

/** How one attempt at an offer went. Nobody tells of a client's own error, or of a client that left. */
export interface Judgement {
  /** `LiveOffer.id`. */
  readonly offerId: string;
  readonly payerWallet: string;
  /**
   * `limited`: the provider answered 429, which is no failure, but it wants no more for a while. `outrun`: another that was
   * asked beside it had output first: it takes at least `firstOutputMs`, and more is not known.
   */
  readonly outcome: "succeeded" | "failed" | "limited" | "outrun";
  /** How long a limited offer asked to be left alone; undefined where it did not say. */
  readonly retryAfterMs?: number;
  /** From the attempt's begin to its first output, of streams. */
  readonly firstOutputMs?: number;
  /** Whether that can be held beside other requests': long prompts and media take their time with anybody. True where it is not said. */
  readonly isComparable?: boolean;
  /** Completion tokens for each second after the first output, of streams that have enough of them to tell. */
  readonly tokensPerSecond?: number;
}

/**
 * How an offer stands with one payer. `degraded`: fails too often; asked after the good ones, and now and then first, to see
 * whether it is good again. `resting`: it asked to be left alone. `outage`: asked only where nobody else is left.
 */
export type Tier = "good" | "degraded" | "resting" | "outage";

/** Percentiles of something measured, by OpenRouter's names. */
export interface Percentiles {
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p99: number;
}

/** What has been measured of an offer, by all instances of this router. */
export interface Measured {
  /** Successes in percent of all attempts that ended by the provider's doing; undefined where there was none. */
  readonly uptime5m: number | undefined;
  readonly uptime30m: number | undefined;
  readonly uptime1d: number | undefined;
  /** Of the last 30 minutes, in milliseconds; undefined below a handful of samples. */
  readonly firstOutputMs: Percentiles | undefined;
  /** Of the last 30 minutes; p99 is the speed that 99 % reach. */
  readonly tokensPerSecond: Percentiles | undefined;
  /** Milliseconds of recent first outputs, halving fast: what says soonest that an offer has become slow, or quick again. */
  readonly recentFirstOutputMs: number | undefined;
  /** Served too few distinct payers so far to be known. */
  readonly isNew: boolean;
  /** When it first answered, in milliseconds since 1970; undefined where it never did. */
  readonly firstSuccessMs: number | undefined;
}

/** The book of offers' health. */
export interface OfferHealth {
  judge(judgement: Judgement): void;
  /** How an offer stands now with a payer: asked for the few offers of each plan. */
  tier(offerId: string, payerWallet: string): Tier;
  /** Whether its outage, for everybody or for this payer alone, has passed and a few tries are to prove it. */
  isProving(offerId: string, payerWallet: string): boolean;
  /** Whether a degraded offer, or one whose outage or rest has passed without proof yet, may be asked first once more now. */
  mayProbe(offerId: string, payerWallet: string): boolean;
  /** An offer was asked first although it is not good: the next such try comes later. */
  probed(offerId: string): void;
  /** It was not asked after all: another request may try it. */
  unprobed(offerId: string): void;
  measured(offerId: string): Measured;
  /** Rises when the tier or the newness of any offer has changed for everybody. */
  readonly version: number;
}
