// Offers that asked to be left alone for a while.
import { HEALTH_REST_ALONE_MS_MAX, HEALTH_REST_MS_MAX, HEALTH_REST_MS_MIN } from "../limits.ts";

const UNSAID_MS = 2_000; // where an offer does not say how long; twice as long each time it says so again
const DOUBLINGS_MAX = 5; // then it is 64 s, more than the most

/** The rest of one offer. */
export class Rest {
  #untilMs = 0;
  #askedUntilMs = 0; // as the one payer who was told so far was told
  #payer = 0;
  #doublings = 0;

  get untilMs(): number {
    return this.#untilMs;
  }

  isResting(nowMs: number): boolean {
    const leftMs = this.#untilMs - nowMs;
    return leftMs > 0 && leftMs <= HEALTH_REST_MS_MAX; // longer only where the clock was set back
  }

  /** A payer was turned away. What only one has heard, whose own doing it may be, holds for a minute at most. */
  limited(payer: number, retryAfterMs: number | undefined, nowMs: number): void {
    if (retryAfterMs === undefined || !(retryAfterMs >= 0)) {
      const restMs = Math.min(UNSAID_MS * 2 ** this.#doublings, HEALTH_REST_ALONE_MS_MAX);
      if (!this.isResting(nowMs)) this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
      this.#untilMs = Math.max(this.#untilMs, nowMs + restMs);
      return;
    }
    const askedMs = nowMs + Math.min(Math.max(retryAfterMs, HEALTH_REST_MS_MIN), HEALTH_REST_MS_MAX);
    const isConfirmed = this.#askedUntilMs > nowMs && this.#payer !== payer;
    if (isConfirmed) {
      this.#untilMs = Math.max(this.#untilMs, Math.min(askedMs, this.#askedUntilMs));
      return;
    }
    this.#payer = payer;
    this.#askedUntilMs = Math.max(askedMs, this.#askedUntilMs);
    this.#untilMs = Math.max(this.#untilMs, Math.min(askedMs, nowMs + HEALTH_REST_ALONE_MS_MAX));
  }

  /** It serves again: the next rest is short once more. */
  served(nowMs: number): void {
    if (!this.isResting(nowMs)) this.#doublings = 0;
  }
}
