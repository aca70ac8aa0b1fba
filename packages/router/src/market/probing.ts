// How often requests go first to offers that are not good, to see whether they are again: seldom, whatever a model's traffic.
import type { Clock } from "@aimo-network/protocol/clock";
import { LRUCache } from "lru-cache";
import type { OfferHealth } from "./health/offer-health.ts";
import { MODELS_PROBED_MAX, PROBE_EVERY_MS, PROBES_SAVED_MAX, PROBES_SHARE_MAX } from "./limits.ts";
import type { LiveOffer } from "./offer-book.ts";

/** Allows tries. */
export interface Probing {
  /** A request of a model is being planned. */
  asked(modelId: string): void;
  /** Whether this payer's request may go first to an offer that is not good. */
  mayProbe(offer: LiveOffer, payerWallet: string): boolean;
  /** A plan of this payer has such an offer first. */
  probed(offer: LiveOffer, payerWallet: string): void;
  /** Nothing came of that plan, and nobody was asked. */
  unprobed(offer: LiveOffer, payerWallet: string): void;
}

interface Allowance {
  tries: number;
  sinceMs: number;
}

/** Creates the allowances of all models. */
export function createProbing(clock: Clock, health: OfferHealth): Probing {
  const allowances = new LRUCache<string, Allowance>({ max: MODELS_PROBED_MAX });
  const add = (allowance: Allowance, tries: number): void => {
    allowance.tries = Math.min(PROBES_SAVED_MAX, allowance.tries + tries);
  };
  const allowanceOf = (modelId: string): Allowance => {
    const known = allowances.get(modelId);
    const nowMs = clock.monotonic();
    if (known !== undefined) {
      add(known, (nowMs - known.sinceMs) / PROBE_EVERY_MS);
      known.sinceMs = nowMs;
      return known;
    }
    const made = { tries: 1, sinceMs: nowMs };
    allowances.set(modelId, made);
    return made;
  };
  return {
    asked: (modelId) => add(allowanceOf(modelId), PROBES_SHARE_MAX),
    mayProbe(offer, payerWallet) {
      // After an outage a few tries are enough to prove it, and health counts them: they need no allowance.
      if (health.isProving(offer.id, payerWallet)) return health.mayProbe(offer.id, payerWallet);
      if (allowanceOf(offer.modelId).tries < 1) return false;
      return health.tier(offer.id, payerWallet) === "good" || health.mayProbe(offer.id, payerWallet);
    },
    probed(offer, payerWallet) {
      if (!health.isProving(offer.id, payerWallet)) allowanceOf(offer.modelId).tries -= 1;
      health.probed(offer.id);
    },
    unprobed(offer, payerWallet) {
      if (!health.isProving(offer.id, payerWallet)) add(allowanceOf(offer.modelId), 1);
      health.unprobed(offer.id);
    },
  };
}
