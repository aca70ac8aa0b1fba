// What this instance has seen and not written down yet: merged, so that it stays small while the database is away.
import { HEALTH_BATCH_SLOTS_MAX, HEALTH_WAITING_SLOTS_MAX } from "../limits.ts";
import type { StoredHealth, StoredOffer, StoredSlot, StoredSpeed } from "./health-store.ts";
import type { SpeedKind } from "./speeds.ts";
import { SPEED_BUCKETS } from "./speeds.ts";
import type { StoredStanding } from "./standing.ts";

interface SlotChange {
  succeeded: number;
  failed: number;
  /** By kind and bucket in one number. */
  readonly speeds: Map<number, number>;
}

interface OfferChange {
  successes: number;
  readonly payers: Set<number>;
  firstSuccessMs: number | undefined;
  standing: StoredStanding | undefined;
  readonly slots: Map<number, SlotChange>;
}

const KINDS: readonly SpeedKind[] = ["first_output", "tokens"];

const speedKey = (kind: SpeedKind, bucket: number): number => KINDS.indexOf(kind) * SPEED_BUCKETS + bucket;

/** Gathers what is to be written down. */
export class HealthChanges {
  readonly #offers = new Map<string, OfferChange>();
  #slots = 0;

  #offer(offerId: string): OfferChange {
    const known = this.#offers.get(offerId);
    if (known !== undefined) return known;
    const made = {
      successes: 0,
      payers: new Set<number>(),
      firstSuccessMs: undefined,
      standing: undefined,
      slots: new Map(),
    };
    this.#offers.set(offerId, made);
    return made;
  }

  /** The change of a slot; undefined where there is no room for one more. */
  #slot(offerId: string, slot: number): SlotChange | undefined {
    const { slots } = this.#offer(offerId);
    const known = slots.get(slot);
    if (known !== undefined || this.#slots >= HEALTH_WAITING_SLOTS_MAX) return known;
    const made = { succeeded: 0, failed: 0, speeds: new Map<number, number>() };
    slots.set(slot, made);
    this.#slots += 1;
    return made;
  }

  /** Slots that wait. */
  get waiting(): number {
    return this.#slots;
  }

  attempted(offerId: string, slot: number, hasFailed: boolean): void {
    const change = this.#slot(offerId, slot);
    if (change === undefined) return;
    if (hasFailed) change.failed += 1;
    else change.succeeded += 1;
  }

  measured(offerId: string, slot: number, kind: SpeedKind, bucket: number): void {
    const speeds = this.#slot(offerId, slot)?.speeds;
    const key = speedKey(kind, bucket);
    speeds?.set(key, (speeds.get(key) ?? 0) + 1);
  }

  /** A payer was served, `payer` where it is one of the offer's first. */
  served(offerId: string, payer: number | undefined, nowMs: number): void {
    const change = this.#offer(offerId);
    change.successes += 1;
    change.firstSuccessMs ??= nowMs;
    if (payer !== undefined) change.payers.add(payer);
  }

  stood(offerId: string, standing: StoredStanding): void {
    this.#offer(offerId).standing = standing;
  }

  /** Takes the next piece out; undefined where nothing waits. */
  take(): StoredHealth | undefined {
    const offers: StoredOffer[] = [];
    const slots: StoredSlot[] = [];
    const speeds: StoredSpeed[] = [];
    for (const [offerId, change] of this.#offers) {
      if (offers.length > 0 && slots.length + change.slots.size > HEALTH_BATCH_SLOTS_MAX) break;
      if (offers.length >= HEALTH_BATCH_SLOTS_MAX) break;
      const { successes, payers, firstSuccessMs, standing } = change;
      offers.push({ offerId, successes, payers: [...payers], firstSuccessMs, standing });
      for (const [slot, { succeeded, failed, speeds: counts }] of change.slots) {
        slots.push({ offerId, slot, succeeded, failed });
        for (const [key, count] of counts) {
          const kind = KINDS[Math.floor(key / SPEED_BUCKETS)] as SpeedKind;
          speeds.push({ offerId, slot, kind, bucket: key % SPEED_BUCKETS, count });
        }
      }
      this.#slots -= change.slots.size;
      this.#offers.delete(offerId);
    }
    return offers.length === 0 ? undefined : { offers, slots, speeds };
  }

  /** What waits of an offer's successes: seen here, and not among what the books tell. */
  successes(offerId: string): number {
    return this.#offers.get(offerId)?.successes ?? 0;
  }

  /** What waits of a slot. */
  attempts(offerId: string, slot: number): { readonly succeeded: number; readonly failed: number } {
    return this.#offers.get(offerId)?.slots.get(slot) ?? { succeeded: 0, failed: 0 };
  }

  /** What waits of a bucket. */
  speeds(offerId: string, slot: number, kind: SpeedKind, bucket: number): number {
    return this.#offers.get(offerId)?.slots.get(slot)?.speeds.get(speedKey(kind, bucket)) ?? 0;
  }
}
