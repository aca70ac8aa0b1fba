// An offer's standing in words.

/** What a word means: its tone, and the title that explains it. */
export interface OfferWord {
  readonly words: string;
  readonly tone: "plain" | "good" | "warn" | "bad";
  readonly title: string;
}

/** What an offer says of itself and what was found of it. */
export interface OfferStanding {
  readonly status: number;
  readonly aimo: { readonly verdict: string; readonly tier: string };
}

const VERDICTS: Readonly<Record<string, OfferWord>> = {
  verified: { words: "Verified", tone: "good", title: "It was examined and can do what it says." },
  new: { words: "Not examined yet", tone: "plain", title: "The router has not examined it yet." },
  unverified: {
    words: "Unverified",
    tone: "bad",
    title: "It counts tokens unlike everybody else: only who asks for it by its tag gets here.",
  },
};

const TIERS: Readonly<Record<string, OfferWord>> = {
  slow: { words: "Slow", tone: "warn", title: "It is asked after the others until it is quicker." },
  degraded: { words: "Fails often", tone: "warn", title: "It is asked after the others until it is good again." },
  resting: { words: "Resting", tone: "warn", title: "It said that it has too many requests." },
  outage: { words: "Outage", tone: "bad", title: "It failed several times in a row and is tried again now and then." },
};

const BY_TAG = -3; // the router's status for it

/** The words that stand beside an offer; a good one has its verdict alone. */
export function offerWords({ status, aimo: { verdict, tier } }: OfferStanding): readonly OfferWord[] {
  const found = VERDICTS[verdict] ?? { words: verdict, tone: "plain", title: "A word this console does not know." };
  const standing = TIERS[tier];
  const isHidden = status === BY_TAG && verdict !== "unverified";
  return [
    found,
    ...(standing === undefined ? [] : [standing]),
    ...(isHidden
      ? [{ words: "By its tag only", tone: "warn", title: "Its name can be mistaken for another model's." } as const]
      : []),
  ];
}

/** A price beside the two of tokens, where there is one. */
export interface ExtraPrice {
  readonly name: string;
  /** USDC: per million tokens of the cache, per piece of the others. */
  readonly usdc: string;
  readonly per: string;
}

/** The prices beyond those of prompt and completion tokens that are not zero; decimals in USDC per token or piece. */
export function extraPrices(
  pricing: { readonly request: string; readonly image: string; readonly input_cache_read?: string | undefined },
  perMillion: (perToken: string) => string,
): readonly ExtraPrice[] {
  const { request, image, input_cache_read: cached } = pricing;
  return [
    ...(cached === undefined ? [] : [{ name: "Cached input", usdc: perMillion(cached), per: "million tokens" }]),
    ...(/[1-9]/.test(request) ? [{ name: "Request", usdc: request, per: "request" }] : []),
    ...(/[1-9]/.test(image) ? [{ name: "Image", usdc: image, per: "image" }] : []),
  ];
}
