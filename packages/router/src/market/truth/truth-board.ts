// What is known of the truth of all offers, in memory: read with every choice, changed a few times a day.
import { FINDINGS_KEPT_MAX } from "../limits.ts";
import type { Evidence } from "./evidence.ts";
import { findingOf, NO_EVIDENCE } from "./evidence.ts";
import type { Finding, OfferTruth } from "./offer-truth.ts";

/** What is known of one offer. */
export interface OfferRecord {
  /** Of `LiveOffer.id`. */
  readonly offerId: string;
  readonly evidence: Evidence;
  /** When it was on sale last, as far as that was noted. */
  readonly seenAtMs: number;
}

/** The findings, and what they follow from. */
export interface TruthBoard extends OfferTruth {
  evidence(offerId: string): Evidence;
  /** Takes what is known now, of those offers. */
  put(records: readonly OfferRecord[]): void;
  /** These offers are on sale. */
  seen(offerIds: Iterable<string>, nowMs: number): void;
  /** Forgets offers that were not on sale since. */
  forget(beforeMs: number): void;
}

const NOTHING_KNOWN = findingOf(NO_EVIDENCE);

interface Known {
  readonly evidence: Evidence;
  readonly finding: Finding;
  seenAtMs: number;
}

/** Creates an empty board that holds at most `most` offers. */
export function createTruthBoard(most: number = FINDINGS_KEPT_MAX): TruthBoard {
  const known = new Map<string, Known>();
  let version = 0;
  return {
    get version() {
      return version;
    },
    finding: (offerId) => known.get(offerId)?.finding ?? NOTHING_KNOWN,
    evidence: (offerId) => known.get(offerId)?.evidence ?? NO_EVIDENCE,
    put(records) {
      for (const { offerId, evidence, seenAtMs } of records) {
        known.delete(offerId); // it goes to the end: what changed last is kept longest
        known.set(offerId, { evidence, finding: findingOf(evidence), seenAtMs });
      }
      for (const [offerId] of known) {
        if (known.size <= most) break;
        known.delete(offerId);
      }
      if (records.length > 0) version += 1;
    },
    seen(offerIds, nowMs) {
      for (const offerId of offerIds) {
        const one = known.get(offerId);
        if (one !== undefined) one.seenAtMs = nowMs;
      }
    },
    forget(beforeMs) {
      const before = known.size;
      for (const [offerId, { seenAtMs }] of known) if (seenAtMs < beforeMs) known.delete(offerId);
      if (known.size < before) version += 1;
    },
  };
}
