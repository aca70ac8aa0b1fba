// How an offer stands with everybody: good, degraded or in outage, and what it must prove to be good again.
import { HEALTH_OUTAGE_MS, HEALTH_PROOF_MAX } from "../limits.ts";
import type { Payers } from "./payers.ts";

/** What is written down of a standing, so that other instances and the next run know it too. */
export interface StoredStanding {
  readonly mode: "good" | "degraded" | "outage";
  readonly outageUntilMs: number;
  /** Successes in a row that make it good again. */
  readonly proofNeeded: number;
  /** How often it has failed again soon after it had proven itself. */
  readonly relapses: number;
  /** When it was good again last; 0 where it always was. */
  readonly returnedMs: number;
  /** When this was so: what is newer holds. */
  readonly changedMs: number;
}

const FAILURES_TO_OUTAGE = 3; // in a row, with no success between
const FAILING_PAYERS_MIN = 2; // one alone may be at fault itself
const FAILING_PAYERS_SURE = 8; // in a row: so many agree on nothing but an outage, however many were served a minute ago
const PROOF_AFTER_OUTAGE = 3;
const PROOF_AFTER_FAILURES = 5;
const PROOF_AFTER_MANY = 10; // three in a row are no proof of a coin that falls well
const MANY_FAIL = 0.25; // of its attempts
const RELAPSE_MS = 30 * 60_000; // failing again after so long is a new misfortune, not the old one
const RELAPSES_MAX = 8; // the proof needed has long reached its most

/** The standing of one offer. */
export class Standing {
  #mode: StoredStanding["mode"] = "good";
  #outageUntilMs = 0;
  #proofNeeded = 0;
  #relapses = 0;
  #returnedMs = 0;
  #changedMs = 0;
  #proven = 0; // successes in a row since it is not good
  #failuresInRow = 0; // with no success between, of whomever
  #rowBeganMs = 0;
  #hasMixed = false; // succeeded now and then since it is not good

  get mode(): StoredStanding["mode"] {
    return this.#mode;
  }

  /** When its outage is over; 0 where there is none. */
  get outageUntilMs(): number {
    return this.#mode === "outage" ? this.#outageUntilMs : 0;
  }

  isOut(nowMs: number): boolean {
    const leftMs = this.outageUntilMs - nowMs;
    return leftMs > 0 && leftMs <= HEALTH_OUTAGE_MS; // longer only where the clock was set back
  }

  /** An attempt of the payer in `row` succeeded; tells whether that changed the standing. */
  succeeded(payers: Payers, row: number, nowMs: number): boolean {
    this.#failuresInRow = 0;
    if (this.#mode === "good") return false;
    this.#hasMixed = true;
    const wasOut = this.isOut(nowMs);
    if (wasOut) this.#endOutage(nowMs); // an answer that was under way says that it is over
    if (payers.prove(row, this.#proofNeeded, nowMs)) this.#proven += 1;
    if (this.#proven < this.#proofNeeded) return wasOut;
    this.#change("good", nowMs);
    this.#returnedMs = nowMs;
    payers.forgive();
    return true;
  }

  /** An attempt of the payer in `row` failed; tells whether that changed the standing. */
  failed(payers: Payers, row: number, nowMs: number): boolean {
    this.#failuresInRow += 1;
    if (this.#failuresInRow === 1) this.#rowBeganMs = nowMs;
    if (this.isOut(nowMs)) return false; // it was under way before
    if (this.#mode === "outage") {
      if (payers.isShutOut(row)) return false;
      this.#fallOut(payers, nowMs);
      return true;
    }
    if (this.#isOutcry(payers, nowMs)) {
      this.#fallOut(payers, nowMs);
      return true;
    }
    if (this.#mode === "degraded") {
      if (!payers.isShutOut(row)) this.#disprove(payers);
      return false;
    }
    const share = payers.failingShare(nowMs);
    if (share === 0) return false;
    this.#leaveGood(nowMs);
    this.#proofNeeded = this.#proof(share >= MANY_FAIL ? PROOF_AFTER_MANY : PROOF_AFTER_FAILURES);
    this.#disprove(payers);
    this.#change("degraded", nowMs);
    return true;
  }

  #isOutcry(payers: Payers, nowMs: number): boolean {
    if (this.#failuresInRow < FAILURES_TO_OUTAGE) return false;
    const { failing, heard } = payers.outcry(this.#rowBeganMs, nowMs);
    return failing >= FAILING_PAYERS_SURE || (failing >= FAILING_PAYERS_MIN && failing * 2 >= heard);
  }

  #fallOut(payers: Payers, nowMs: number): void {
    if (this.#mode === "good") this.#leaveGood(nowMs);
    const proof = this.#proof(PROOF_AFTER_OUTAGE);
    this.#proofNeeded = this.#hasMixed ? Math.max(this.#proofNeeded, proof) : proof;
    this.#outageUntilMs = nowMs + HEALTH_OUTAGE_MS;
    this.#disprove(payers);
    this.#change("outage", nowMs);
  }

  #endOutage(nowMs: number): void {
    this.#outageUntilMs = nowMs;
    this.#change("outage", nowMs);
  }

  #leaveGood(nowMs: number): void {
    const isRelapse = this.#returnedMs > 0 && nowMs - this.#returnedMs < RELAPSE_MS;
    this.#relapses = isRelapse ? Math.min(this.#relapses + 1, RELAPSES_MAX) : 0;
    this.#hasMixed = false;
  }

  #proof(atFirst: number): number {
    return Math.min(atFirst * 2 ** this.#relapses, HEALTH_PROOF_MAX);
  }

  #disprove(payers: Payers): void {
    this.#proven = 0;
    payers.disprove();
  }

  #change(mode: StoredStanding["mode"], nowMs: number): void {
    this.#mode = mode;
    this.#changedMs = Math.max(nowMs, this.#changedMs + 1); // newer than what it was, also where the clock was set back
  }

  /** As it is written down. */
  stored(): StoredStanding {
    return {
      mode: this.#mode,
      outageUntilMs: this.#outageUntilMs,
      proofNeeded: this.#proofNeeded,
      relapses: this.#relapses,
      returnedMs: this.#returnedMs,
      changedMs: this.#changedMs,
    };
  }

  /** Takes over what another instance, or an earlier run, has found out later than this one; tells whether it did. */
  learn(stored: StoredStanding, payers: Payers): boolean {
    if (stored.changedMs <= this.#changedMs) return false;
    this.#mode = stored.mode;
    this.#outageUntilMs = stored.outageUntilMs;
    this.#proofNeeded = stored.proofNeeded;
    this.#relapses = stored.relapses;
    this.#returnedMs = stored.returnedMs;
    this.#changedMs = stored.changedMs;
    this.#disprove(payers);
    if (stored.mode === "good") payers.forgive();
    return true;
  }
}
