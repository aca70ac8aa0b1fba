// What each payer has seen of one offer: a bounded table of numbers, so that ten thousand offers fit into memory.
import {
  HEALTH_COUNTED_PER_PAYER_MAX,
  HEALTH_OUTAGE_MS,
  HEALTH_PAYERS_PER_OFFER_MAX,
  HEALTH_RECENT_MS,
} from "../limits.ts";
import { failsTooOften } from "./failure-rate.ts";
import type { Tier } from "./offer-health.ts";

const PAYER = 0; // its number
const SEEN_MS = 1; // when its last attempt ended
const SHARE = 2; // of its last ten attempts or so that failed
const COUNT = 3; // of its attempts, as far as `SHARE` looks back
const RUN = 4; // failures in a row, or as a negative number successes in a row
const OUT_UNTIL_MS = 5; // of an outage for this payer alone
const OWN_PROOF = 6; // successes in a row after which the offer is good for this payer again; 0 while it is good
const SLOT = 7; // the five minutes that COUNTED is about
const COUNTED = 8;
const PROVEN = 9; // successes that have counted towards the proof that the offer is good again
const TURN = 10; // of its last attempt, counted over all payers: many may end in one millisecond
const COLUMNS = 11;

const PAYERS_AT_FIRST = 4; // most offers have few
const LOOKED_BACK = 10; // attempts that a payer's share is about
const WEIGHT_MAX = 5; // attempts after which a payer says no more than any other
const WEIGHT_MIN = 3; // attempts that can tell something
const OWN_ATTEMPTS_MIN = 4;
const FAILURES_TO_OUTAGE = 3; // in a row: one may be chance, three are an outage
const PROOF_AFTER_ROW = 3; // after a row of failures that began and ended
const PROOF_AFTER_MIXED = 10; // after failures among successes: three in a row are no proof of a coin that falls well
const HEARD_MS = 60_000; // who was heard of so lately has a say in whether there is an outage

/** The failing payers of a row of failures, and all who were heard of lately. */
export interface Outcry {
  readonly failing: number;
  readonly heard: number;
}

/** The payers of one offer. */
export class Payers {
  #capacity = PAYERS_AT_FIRST;
  #size = 0;
  #turn = 0;
  #cells = new Float64Array(COLUMNS * PAYERS_AT_FIRST);

  #get(column: number, row: number): number {
    return this.#cells[column * this.#capacity + row] as number;
  }

  #set(column: number, row: number, value: number): void {
    this.#cells[column * this.#capacity + row] = value;
  }

  #find(payer: number): number {
    for (let row = 0; row < this.#size; row += 1) if (this.#cells[row] === payer) return row;
    return -1;
  }

  #grow(): void {
    const capacity = Math.min(this.#capacity * 2, HEALTH_PAYERS_PER_OFFER_MAX);
    const cells = new Float64Array(COLUMNS * capacity);
    for (let column = 0; column < COLUMNS; column += 1) {
      const begin = column * this.#capacity;
      cells.set(this.#cells.subarray(begin, begin + this.#size), column * capacity);
    }
    this.#capacity = capacity;
    this.#cells = cells;
  }

  #oldest(): number {
    let oldest = 0;
    for (let row = 1; row < this.#size; row += 1) {
      if (this.#get(TURN, row) < this.#get(TURN, oldest)) oldest = row;
    }
    return oldest;
  }

  #add(payer: number): number {
    if (this.#size === this.#capacity && this.#capacity < HEALTH_PAYERS_PER_OFFER_MAX) this.#grow();
    const row = this.#size < this.#capacity ? this.#size++ : this.#oldest();
    for (let column = 0; column < COLUMNS; column += 1) this.#set(column, row, 0);
    this.#set(PAYER, row, payer);
    return row;
  }

  #isRecent(row: number, nowMs: number): boolean {
    return nowMs - this.#get(SEEN_MS, row) < HEALTH_RECENT_MS;
  }

  #isOut(row: number, nowMs: number): boolean {
    const leftMs = this.#get(OUT_UNTIL_MS, row) - nowMs;
    return leftMs > 0 && leftMs <= HEALTH_OUTAGE_MS; // longer only where the clock was set back
  }

  /** Writes an attempt of a payer down and gives its row, which is good until the next attempt. */
  attempt(payer: number, hasFailed: boolean, nowMs: number): number {
    const found = this.#find(payer);
    const row = found === -1 ? this.#add(payer) : found;
    if (!this.#isRecent(row, nowMs)) for (const column of [SHARE, COUNT, RUN, OWN_PROOF]) this.#set(column, row, 0);
    this.#set(SEEN_MS, row, nowMs);
    this.#set(TURN, row, ++this.#turn);
    const count = Math.min(this.#get(COUNT, row) + 1, LOOKED_BACK);
    const share = this.#get(SHARE, row) + ((hasFailed ? 1 : 0) - this.#get(SHARE, row)) / count;
    const run = this.#get(RUN, row);
    this.#set(COUNT, row, count);
    this.#set(SHARE, row, share);
    this.#set(RUN, row, hasFailed ? Math.max(run, 0) + 1 : Math.min(run, 0) - 1);
    this.#judgeAlone(row, nowMs);
    return row;
  }

  /** How the offer stands with this payer by what it has seen itself. */
  #judgeAlone(row: number, nowMs: number): void {
    const run = this.#get(RUN, row);
    const isRow = run >= FAILURES_TO_OUTAGE;
    if (isRow && !this.#isOut(row, nowMs)) this.#set(OUT_UNTIL_MS, row, nowMs + HEALTH_OUTAGE_MS);
    if (run < 0) this.#set(OUT_UNTIL_MS, row, 0);
    const count = this.#get(COUNT, row);
    const weight = Math.min(count, WEIGHT_MAX);
    const needed = this.#get(OWN_PROOF, row);
    if (run > 0 && !isRow && count >= OWN_ATTEMPTS_MIN && failsTooOften(this.#get(SHARE, row), weight)) {
      this.#set(OWN_PROOF, row, PROOF_AFTER_MIXED);
    } else if (isRow) this.#set(OWN_PROOF, row, Math.max(needed, PROOF_AFTER_ROW));
    else if (-run >= needed) this.#set(OWN_PROOF, row, 0);
  }

  /** How the offer stands with a payer alone. */
  tier(payer: number, nowMs: number): Tier {
    const row = this.#find(payer);
    if (row === -1 || !this.#isRecent(row, nowMs)) return "good";
    if (this.#isOut(row, nowMs)) return "outage";
    return this.#get(OWN_PROOF, row) === 0 ? "good" : "degraded";
  }

  /** Whether this payer's own outage has passed, and a few tries of its own are to prove it. */
  isProving(payer: number, nowMs: number): boolean {
    const row = this.#find(payer);
    if (row === -1 || !this.#isRecent(row, nowMs) || this.#isOut(row, nowMs)) return false;
    const needed = this.#get(OWN_PROOF, row);
    return needed > 0 && needed <= PROOF_AFTER_ROW;
  }

  /** Whether its payer fails so steadily that it says nothing any more of how the offer is for others. */
  isShutOut(row: number): boolean {
    return this.#get(RUN, row) > FAILURES_TO_OUTAGE;
  }

  /** Whether one more attempt of this payer counts in these five minutes. */
  count(row: number, slot: number): boolean {
    const counted = this.#get(SLOT, row) === slot ? this.#get(COUNTED, row) : 0;
    if (counted >= HEALTH_COUNTED_PER_PAYER_MAX) return false;
    this.#set(SLOT, row, slot);
    this.#set(COUNTED, row, counted + 1);
    return true;
  }

  /**
   * The share of attempts that fails for everybody, where it is too much to be chance, and 0 else. The payer that fares worst is
   * left out, and so are those whose every attempt fails, unless they are half of all: one wallet alone moves nothing.
   */
  failingShare(nowMs: number): number {
    const heard = { weight: 0, failed: 0, worst: 0 };
    const shutOut = { weight: 0, failed: 0, worst: 0 };
    let payers = 0;
    let payersShutOut = 0;
    for (let row = 0; row < this.#size; row += 1) {
      const count = this.#get(COUNT, row);
      if (count === 0 || !this.#isRecent(row, nowMs)) continue;
      const isShutOut = this.#get(RUN, row) >= FAILURES_TO_OUTAGE;
      const sum = isShutOut ? shutOut : heard;
      const weight = Math.min(count, WEIGHT_MAX);
      const failed = weight * this.#get(SHARE, row);
      payers += 1;
      if (isShutOut) payersShutOut += 1;
      sum.weight += weight;
      sum.failed += failed;
      if (sum.worst === 0 || failed > this.#failedOf(sum.worst - 1)) sum.worst = row + 1;
    }
    if (payers < 2) return 0;
    if (payersShutOut * 2 >= payers) {
      heard.weight += shutOut.weight;
      heard.failed += shutOut.failed;
      if (heard.worst === 0 || this.#failedOf(shutOut.worst - 1) > this.#failedOf(heard.worst - 1)) {
        heard.worst = shutOut.worst;
      }
    }
    const weight = heard.weight - Math.min(this.#get(COUNT, heard.worst - 1), WEIGHT_MAX);
    const share = Math.max(0, heard.failed - this.#failedOf(heard.worst - 1)) / weight;
    return weight >= WEIGHT_MIN && failsTooOften(share, weight) ? share : 0;
  }

  #failedOf(row: number): number {
    return Math.min(this.#get(COUNT, row), WEIGHT_MAX) * this.#get(SHARE, row);
  }

  /** Who has failed since `sinceMs` and not succeeded after, and who was heard of lately. */
  outcry(sinceMs: number, nowMs: number): Outcry {
    let failing = 0;
    let heard = 0;
    for (let row = 0; row < this.#size; row += 1) {
      const seenMs = this.#get(SEEN_MS, row);
      const isFailing = this.#get(RUN, row) > 0 && seenMs >= sinceMs;
      if (isFailing) failing += 1;
      if (isFailing || nowMs - seenMs < HEARD_MS) heard += 1;
    }
    return { failing, heard };
  }

  /** Whether a success counts towards a proof of `needed`: of one payer among others only half of it does. */
  prove(row: number, needed: number, nowMs: number): boolean {
    const proven = this.#get(PROVEN, row);
    if (proven * 2 >= needed && this.outcry(nowMs, nowMs).heard > 1) return false;
    this.#set(PROVEN, row, proven + 1);
    return true;
  }

  /** A proof begins anew. */
  disprove(): void {
    for (let row = 0; row < this.#size; row += 1) this.#set(PROVEN, row, 0);
  }

  /** What was is no longer held against an offer that is good again. */
  forgive(): void {
    for (let row = 0; row < this.#size; row += 1) {
      for (const column of [SHARE, COUNT, OUT_UNTIL_MS, OWN_PROOF, PROVEN]) this.#set(column, row, 0);
      this.#set(RUN, row, Math.min(this.#get(RUN, row), 0));
    }
  }
}
