// Where health is written down, so that instances share it and a restart forgets nothing.
import type { SpeedKind } from "./speeds.ts";
import type { StoredStanding } from "./standing.ts";

/** What is known of an offer as a whole: to be added where it is written, all there is where it is read. */
export interface StoredOffer {
  readonly offerId: string;
  readonly successes: number;
  /** The numbers of its first few distinct payers. */
  readonly payers: readonly number[];
  readonly firstSuccessMs: number | undefined;
  readonly standing: StoredStanding | undefined;
}

/** Attempts in five minutes. */
export interface StoredSlot {
  readonly offerId: string;
  /** Five minutes since 1970. */
  readonly slot: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** Measurements of five minutes that fell into one bucket. */
export interface StoredSpeed {
  readonly offerId: string;
  readonly slot: number;
  readonly kind: SpeedKind;
  readonly bucket: number;
  readonly count: number;
}

/** Health as it is written and read; every slot and speed is of an offer that is listed. */
export interface StoredHealth {
  readonly offers: readonly StoredOffer[];
  readonly slots: readonly StoredSlot[];
  readonly speeds: readonly StoredSpeed[];
}

/** The books of health. */
export interface HealthStore {
  /** Adds to what is written; `batch` rises with each, and one that is brought twice is added once. */
  add(batch: number, health: StoredHealth, nowMs: number): Promise<void>;
  /**
   * Tells all that was written since an earlier call, or from the beginning, piece by piece; resolves with what to say next
   * time.
   */
  load(since: Date | undefined, nowMs: number, learn: (health: StoredHealth) => void): Promise<Date>;
  /** Deletes what is too old to matter. */
  tidy(nowMs: number): Promise<void>;
}
