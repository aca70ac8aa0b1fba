// What a chain does to those who rely on it, for tests: each of these has happened on a real network.

/** Faults that are in force until they are taken back; all of them may be at once. */
export interface ChainFaults {
  /** Every connection is cut. */
  readonly isDown?: boolean;
  /** Every call is answered with 429 and this `retry-after`, in seconds. */
  readonly retryAfterS?: number;
  /** Every answer comes so much later. */
  readonly slowMs?: number;
  /** Reads are answered as they were when this began. */
  readonly isStale?: boolean;
  /** What happens to a transaction: its sender gets a signature in each case. */
  readonly sending?:
    | { readonly kind: "drop" }
    /** It reaches the chain only then. */
    | { readonly kind: "late"; readonly ms: number }
    /** It seems to be processed for so long, then nobody has ever heard of it. */
    | { readonly kind: "vanish"; readonly ms: number };
  /** Statuses of signatures stay unknown so long after they were sent. */
  readonly unconfirmedMs?: number;
}

/** A healthy chain. */
export const NO_FAULTS: ChainFaults = {};
