// The latest first outputs of an offer: what says soonest that it has become slow, or quick again.
import { HEALTH_RECENT_MS } from "../limits.ts";

const KEPT = 9; // five slow ones among them, or five quick ones, turn the median
const KNOWN_MIN = 3; // fewer may be chance
const COLUMNS = 3; // payer, when, milliseconds

/**
 * The latest first outputs of one offer. All payers who are among them have as many each: one who sends prompts that take long,
 * to whomever, says no more than any other, and of nine payers it takes five to say that an offer is slow.
 */
export class RecentOutputs {
  readonly #cells = new Float64Array(KEPT * COLUMNS);

  #payer(place: number): number {
    return this.#cells[place * COLUMNS] as number; // 0 where there is none
  }

  #atMs(place: number): number {
    return this.#cells[place * COLUMNS + 1] as number;
  }

  #isRecent(place: number, nowMs: number): boolean {
    return this.#payer(place) !== 0 && Math.abs(nowMs - this.#atMs(place)) < HEALTH_RECENT_MS; // the clock may be set back
  }

  /** The recent places of each payer, its oldest first. */
  #places(nowMs: number): Map<number, number[]> {
    const places = Array.from({ length: KEPT }, (_, place) => place)
      .filter((place) => this.#isRecent(place, nowMs))
      .toSorted((one, other) => this.#atMs(one) - this.#atMs(other) || one - other);
    return Map.groupBy(places, (place) => this.#payer(place));
  }

  /** The place that is used next: the oldest of whoever has most, the payer itself before others. */
  #place(payer: number, nowMs: number): number {
    for (let place = 0; place < KEPT; place += 1) if (!this.#isRecent(place, nowMs)) return place;
    const places = this.#places(nowMs);
    const own = places.get(payer) ?? [];
    const [fullest = []] = [...places.values()].toSorted((one, other) => other.length - one.length);
    const isOwn = own.length > 0 && own.length >= fullest.length;
    const isEven = fullest.length === 1; // everybody has one: then the oldest of all makes room
    const [place = 0] = isOwn ? own : isEven ? [...places.values()].flat() : fullest;
    return place;
  }

  add(payer: number, firstOutputMs: number, nowMs: number): void {
    this.#cells.set([payer, nowMs, firstOutputMs], this.#place(payer, nowMs) * COLUMNS);
  }

  /** The median; undefined where too few are recent. Of two in the middle it is the quicker: half of all is no proof. */
  median(nowMs: number): number | undefined {
    const places = this.#places(nowMs);
    const each = Math.max(1, Math.floor(KEPT / Math.max(1, places.size)));
    const counted = [...places.values()].flatMap((own) => own.slice(-each));
    if (counted.length < KNOWN_MIN) return undefined;
    const sorted = counted
      .map((place) => this.#cells[place * COLUMNS + 2] as number)
      .toSorted((one, other) => one - other);
    return sorted[Math.floor((sorted.length - 1) / 2)];
  }
}
