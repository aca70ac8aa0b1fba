// What this router has found out about offers by asking them: whether they can do what they say.

/**
 * `new`: not examined yet. `verified`: it can do what it says. `unverified`: it counts tokens unlike everybody else; reachable
 * only by its provider's name until it agrees.
 */
export type Verdict = "new" | "verified" | "unverified";

/** What is known of one offer's truth. */
export interface Finding {
  readonly verdict: Verdict;
  /** Capabilities, or input modalities, that it says it has and has not: nobody is sent there for them. */
  readonly withdrawn: ReadonlySet<string>;
  /** When it was examined last, in milliseconds since 1970; undefined where it never was. */
  readonly examinedAtMs: number | undefined;
}

/** The findings about all offers. */
export interface OfferTruth {
  /** Of `LiveOffer.id`. */
  finding(offerId: string): Finding;
  /** Rises with every change of a finding. */
  readonly version: number;
}
