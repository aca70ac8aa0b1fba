// Offers that serve well or badly, told to their health attempt by attempt.
import type { ManualClock } from "@aimo-network/protocol/clock";
import { manualClock } from "@aimo-network/protocol/clock";
import type { LearningHealth } from "../market/health/create-offer-health.ts";
import { createOfferHealth } from "../market/health/create-offer-health.ts";
import type { Judgement } from "../market/health/offer-health.ts";

/** What of an attempt is of interest. */
export type AttemptDetails = Partial<Omit<Judgement, "payerWallet" | "outcome">>;

/** A health and a clock, with one offer unless another is named. */
export interface HealthScene {
  readonly clock: ManualClock;
  readonly health: LearningHealth;
  succeeds(payer: string, details?: AttemptDetails): void;
  fails(payer: string, details?: AttemptDetails): void;
  limits(payer: string, retryAfterMs?: number): void;
  /** How the offer stands with everybody, or with one payer. */
  tier(payer?: string): string;
  /** Asks it first once more, where it may be, and tells whether it was. */
  probes(payer: string, succeeds: boolean): boolean;
}

/** The offer that a scene is about. */
export const OFFER = "wallet/model";

/** Sets one up. */
export function healthScene(given?: LearningHealth, clock: ManualClock = manualClock()): HealthScene {
  const health = given ?? createOfferHealth({ clock });
  const judge = (payerWallet: string, outcome: Judgement["outcome"], details: AttemptDetails = {}): void =>
    health.judge({ offerId: OFFER, payerWallet, outcome, ...details });
  return {
    clock,
    health,
    succeeds: (payer, details) => judge(payer, "succeeded", details),
    fails: (payer, details) => judge(payer, "failed", details),
    limits: (payer, retryAfterMs) => judge(payer, "limited", retryAfterMs === undefined ? {} : { retryAfterMs }),
    tier: (payer = "") => health.tier(OFFER, payer),
    probes(payer, succeeds) {
      if (!health.mayProbe(OFFER, "")) return false;
      health.probed(OFFER);
      judge(payer, succeeds ? "succeeded" : "failed");
      return true;
    },
  };
}

/** So many payers' names. */
export function payersNamed(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}
