// How well each offer has served lately; what it decides is who is asked next.
import type { Clock } from "@aimo-network/protocol/clock";
import { LRUCache } from "lru-cache";

/** Tells healthy offers from failing ones. */
export interface OfferHealth {
  isHealthy(offerId: string): boolean;
  succeeded(offerId: string): void;
  /** The provider failed: never called for a client's error or a client that left. */
  failed(offerId: string): void;
}

const FAILURES_TO_OUTAGE = 3; // in a row: one failure may be chance, three are an outage
const OUTAGE_MS = 30_000; // then it is tried again (http-api.md, "Choosing")
const OFFERS_WATCHED_MAX = 100_000; // ten routers' worth of offers; the least recently used is forgotten

interface Record {
  failuresInRow: number;
  outageUntilMs: number;
}

/** Creates a watch in which every offer starts healthy. */
export function createOfferHealth(clock: Clock): OfferHealth {
  const records = new LRUCache<string, Record>({ max: OFFERS_WATCHED_MAX });
  return {
    isHealthy: (offerId) => clock.monotonic() >= (records.get(offerId)?.outageUntilMs ?? 0),
    succeeded: (offerId) => void records.delete(offerId),
    failed(offerId) {
      const failuresInRow = (records.get(offerId)?.failuresInRow ?? 0) + 1;
      const outageUntilMs = failuresInRow >= FAILURES_TO_OUTAGE ? clock.monotonic() + OUTAGE_MS : 0;
      records.set(offerId, { failuresInRow, outageUntilMs });
    },
  };
}
