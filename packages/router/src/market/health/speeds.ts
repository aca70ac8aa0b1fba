// How quick an offer was in the last half hour, as counts in buckets that are each a quarter wider than the one before.
import type { Percentiles } from "./offer-health.ts";
import { SlotRing } from "./slots.ts";

/** What is measured: milliseconds to the first output, and tokens a second. */
export type SpeedKind = "first_output" | "tokens";

/** Buckets of a kind: from 1 ms to 27 minutes, from 0.1 to 160,000 tokens a second. */
export const SPEED_BUCKETS = 64;

/** Slots looked at: the one that runs and the six before it, so that half an hour is always whole. */
export const SPEED_SLOTS = 7;

const FACTOR = 1.25; // the middle of a bucket is 12 % from its ends: no percentile is further off
const LEAST: Readonly<Record<SpeedKind, number>> = { first_output: 1, tokens: 0.1 };
const SAMPLES_MIN = 5; // fewer say nothing of how it usually is

/** The bucket of a value; undefined for what is no measurement. */
export function speedBucket(kind: SpeedKind, value: number | undefined): number | undefined {
  if (value === undefined || !(value >= 0)) return undefined;
  const bucket = Math.floor(Math.log(value / LEAST[kind]) / Math.log(FACTOR));
  return Math.min(Math.max(bucket, 0), SPEED_BUCKETS - 1);
}

function middle(kind: SpeedKind, bucket: number): number {
  const value = LEAST[kind] * FACTOR ** (bucket + 0.5);
  return value >= 100 ? Math.round(value) : Math.round(value * 100) / 100;
}

/** The speeds of one kind of one offer. */
export class Speeds {
  readonly #kind: SpeedKind;
  readonly #ring = new SlotRing(SPEED_SLOTS, SPEED_BUCKETS);

  constructor(kind: SpeedKind) {
    this.#kind = kind;
  }

  add(slot: number, bucket: number): void {
    this.#ring.add(slot, bucket);
  }

  set(slot: number, bucket: number, count: number): void {
    this.#ring.set(slot, bucket, count);
  }

  /** Of first outputs p99 is what 99 % do not exceed; of tokens a second, what 99 % reach. */
  percentiles(slot: number): Percentiles | undefined {
    const counts = Array.from({ length: SPEED_BUCKETS }, (_, bucket) => this.#ring.sum(bucket, slot, SPEED_SLOTS));
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total < SAMPLES_MIN) return undefined;
    const isBetterLess = this.#kind === "first_output";
    const at = (part: number): number => {
      let left = Math.ceil(total * part);
      for (let step = 0; step < SPEED_BUCKETS; step += 1) {
        const bucket = isBetterLess ? step : SPEED_BUCKETS - 1 - step;
        left -= counts[bucket] as number;
        if (left <= 0) return middle(this.#kind, bucket);
      }
      return middle(this.#kind, isBetterLess ? SPEED_BUCKETS - 1 : 0);
    };
    return { p50: at(0.5), p75: at(0.75), p90: at(0.9), p99: at(0.99) };
  }
}
