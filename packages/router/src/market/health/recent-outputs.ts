// The latest first outputs of an offer: what says soonest that it has become slow, or quick again.
import { HEALTH_RECENT_MS } from "../limits.ts";

const KEPT = 9; // five slow ones among them, or five quick ones, turn the median
const PER_PAYER_MAX = 3; // while others are among them
const KNOWN_MIN = 3; // fewer may be chance
const COLUMNS = 3; // payer, when, milliseconds

/** The latest first outputs of one offer. */
export class RecentOutputs {
  readonly #cells = new Float64Array(KEPT * COLUMNS);

  #payer(place: number): number {
    return this.#cells[place * COLUMNS] as number; // 0 where there is none
  }

  #atMs(place: number): number {
    return this.#cells[place * COLUMNS + 1] as number;
  }

  /** The place that is used next: the payer's own oldest where it has its share and others are there, else the oldest of all. */
  #place(payer: number, nowMs: number): number {
    let own = 0;
    let others = 0;
    let oldest = 0;
    let ownOldest = -1;
    for (let place = 0; place < KEPT; place += 1) {
      const isOwn = this.#payer(place) === payer;
      if (this.#atMs(place) < this.#atMs(oldest)) oldest = place;
      if (isOwn && (ownOldest === -1 || this.#atMs(place) < this.#atMs(ownOldest))) ownOldest = place;
      if (!this.#isRecent(place, nowMs)) continue;
      if (isOwn) own += 1;
      else others += 1;
    }
    return own >= PER_PAYER_MAX && others > 0 ? ownOldest : oldest;
  }

  #isRecent(place: number, nowMs: number): boolean {
    return this.#payer(place) !== 0 && nowMs - this.#atMs(place) < HEALTH_RECENT_MS;
  }

  add(payer: number, firstOutputMs: number, nowMs: number): void {
    this.#cells.set([payer, nowMs, firstOutputMs], this.#place(payer, nowMs) * COLUMNS);
  }

  /** Whether a place counts: of several payers each has its newest few. */
  #counts(place: number, nowMs: number): boolean {
    let newer = 0;
    let hasOthers = false;
    for (let other = 0; other < KEPT; other += 1) {
      if (!this.#isRecent(other, nowMs)) continue;
      if (this.#payer(other) !== this.#payer(place)) hasOthers = true;
      else if (this.#atMs(other) > this.#atMs(place) || (this.#atMs(other) === this.#atMs(place) && other > place)) {
        newer += 1;
      }
    }
    return newer < PER_PAYER_MAX || !hasOthers;
  }

  /** The median; undefined where too few are recent. */
  median(nowMs: number): number | undefined {
    const recent: number[] = [];
    for (let place = 0; place < KEPT; place += 1) {
      if (this.#isRecent(place, nowMs) && this.#counts(place, nowMs)) {
        recent.push(this.#cells[place * COLUMNS + 2] as number);
      }
    }
    if (recent.length < KNOWN_MIN) return undefined;
    return recent.toSorted((one, other) => one - other)[Math.floor(recent.length / 2)];
  }
}
