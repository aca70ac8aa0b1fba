// Offers that asked to be left alone for a while: by the payer they told so, and by everybody where they tell everybody.
import {
  HEALTH_REST_ALL_MS_MAX,
  HEALTH_REST_MS_MAX,
  HEALTH_REST_MS_MIN,
  HEALTH_RESTING_PAYERS_MAX,
} from "../limits.ts";

const UNSAID_MS = 2_000; // where an offer does not say how long; twice as long each time it says so again
const DOUBLINGS_MAX = 5; // then it is 64 s, more than the most

/** What one payer was told. */
interface Told {
  /** How many had been served before: many things happen in one millisecond. */
  readonly served: number;
  readonly untilMs: number;
}

/** The rest of one offer. */
export class Rest {
  #untilMs = 0;
  readonly #told = new Map<number, Told>();
  #served = 0;
  #doublings = 0;

  /** The end of its rest for everybody. */
  get untilMs(): number {
    return this.#untilMs;
  }

  isResting(nowMs: number): boolean {
    return isAhead(this.#untilMs, nowMs);
  }

  isRestingFor(payer: number, nowMs: number): boolean {
    return this.isResting(nowMs) || isAhead(this.#told.get(payer)?.untilMs ?? 0, nowMs);
  }

  /**
   * A payer was turned away, which may be its own doing: it alone leaves the offer alone as long as it was told. Everybody does
   * where another was turned away too and nobody was served since, for a minute at most.
   */
  limited(payer: number, retryAfterMs: number | undefined, nowMs: number): void {
    const untilMs = nowMs + this.#restMs(retryAfterMs, nowMs);
    let othersUntilMs = 0;
    for (const [other, told] of this.#told) {
      if (!isAhead(told.untilMs, nowMs)) this.#told.delete(other);
      else if (other !== payer && told.served === this.#served) othersUntilMs = Math.max(othersUntilMs, told.untilMs);
    }
    const allUntilMs = Math.min(untilMs, othersUntilMs, nowMs + HEALTH_REST_ALL_MS_MAX);
    this.#untilMs = Math.max(this.#untilMs, allUntilMs);
    this.#told.delete(payer);
    this.#told.set(payer, { served: this.#served, untilMs });
    const [oldest] = this.#told.keys();
    if (this.#told.size > HEALTH_RESTING_PAYERS_MAX && oldest !== undefined) this.#told.delete(oldest);
  }

  #restMs(retryAfterMs: number | undefined, nowMs: number): number {
    if (retryAfterMs !== undefined && retryAfterMs >= 0) {
      return Math.min(Math.max(retryAfterMs, HEALTH_REST_MS_MIN), HEALTH_REST_MS_MAX);
    }
    const restMs = Math.min(UNSAID_MS * 2 ** this.#doublings, HEALTH_REST_ALL_MS_MAX);
    const isFirst = [...this.#told.values()].every(({ untilMs }) => !isAhead(untilMs, nowMs));
    if (isFirst) this.#doublings = Math.min(this.#doublings + 1, DOUBLINGS_MAX);
    return restMs;
  }

  /** It serves a payer again: the next rest is short once more. */
  served(payer: number, nowMs: number): void {
    this.#served += 1;
    this.#told.delete(payer);
    if (!this.isResting(nowMs)) this.#doublings = 0;
  }
}

function isAhead(untilMs: number, nowMs: number): boolean {
  const leftMs = untilMs - nowMs;
  return leftMs > 0 && leftMs <= HEALTH_REST_MS_MAX; // longer only where the clock was set back
}
