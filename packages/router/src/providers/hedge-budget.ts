// How many requests may be asked of two providers at once: a fixed part of all, whatever offers wish.
import { HEDGES_SAVED_MAX, REQUESTS_PER_HEDGE } from "../limits.ts";

/** The process's share of hedges; requests earn it, hedges spend it. */
export interface HedgeBudget {
  /** A request is relayed. */
  earn(): void;
  /** Takes one hedge; false where none is left. */
  take(): boolean;
}

/** Creates a budget that has nothing yet. */
export function createHedgeBudget(): HedgeBudget {
  const mostRequests = REQUESTS_PER_HEDGE * HEDGES_SAVED_MAX;
  let requests = 0;
  return {
    earn() {
      if (requests < mostRequests) requests += 1;
    },
    take() {
      if (requests < REQUESTS_PER_HEDGE) return false;
      requests -= REQUESTS_PER_HEDGE;
      return true;
    },
  };
}
