// The health of all offers that were asked lately.
import type { Clock } from "@aimo-network/protocol/clock";
import { LRUCache } from "lru-cache";
import { HEALTH_OFFERS_MAX } from "../limits.ts";
import type { HealthChanges } from "./health-changes.ts";
import type { StoredHealth } from "./health-store.ts";
import type { OfferHealth } from "./offer-health.ts";
import { NOTHING_MEASURED, OfferRecord } from "./offer-record.ts";
import { payerNumber } from "./payer-number.ts";

/** Health that learns from the books as well. */
export interface LearningHealth extends OfferHealth {
  /** Takes over what the books tell: of each slot and bucket all there is. */
  learn(health: StoredHealth): void;
}

/** What health needs; `changes` gathers what is to be written down, where anybody writes it. */
export interface OfferHealthDeps {
  readonly clock: Clock;
  readonly changes?: HealthChanges;
}

const EVERYBODY = ""; // in place of a payer's wallet

/** Keeps who asked last, since a plan asks of many offers for one payer. */
function rememberNumber(): (wallet: string) => number {
  let lastWallet = "";
  let lastNumber = 0;
  return (wallet) => {
    if (wallet !== lastWallet) {
      lastNumber = payerNumber(wallet);
      lastWallet = wallet;
    }
    return lastNumber;
  };
}

/** Creates health in which every offer is good, and new. What passes by itself is noticed when `version` is read. */
export function createOfferHealth({ clock, changes }: OfferHealthDeps): LearningHealth {
  let version = 0;
  const timed = new Set<OfferRecord>();
  let nextMs = Infinity;
  const records = new LRUCache<string, OfferRecord>({
    max: HEALTH_OFFERS_MAX,
    dispose: (record) => {
      timed.delete(record);
      if (record.announced !== "good" || !record.announcedNew) version += 1;
    },
  });
  const numberOf = rememberNumber();
  const recordOf = (offerId: string): OfferRecord => {
    const known = records.get(offerId);
    if (known !== undefined) return known;
    const made = new OfferRecord(offerId, changes);
    records.set(offerId, made);
    return made;
  };

  const announce = (record: OfferRecord, nowMs: number): void => {
    const tier = record.tier(nowMs);
    const { isNew } = record;
    if (tier !== record.announced || isNew !== record.announcedNew) version += 1;
    record.announced = tier;
    record.announcedNew = isNew;
    const changeMs = record.nextChangeMs(nowMs);
    if (changeMs === Infinity) timed.delete(record);
    else timed.add(record);
    nextMs = Math.min(nextMs, changeMs);
  };

  const look = (nowMs: number): void => {
    nextMs = Infinity;
    for (const record of timed) announce(record, nowMs);
  };

  return {
    judge(judgement) {
      const nowMs = clock.now();
      const record = recordOf(judgement.offerId);
      record.judge(judgement, nowMs);
      announce(record, nowMs);
    },
    tier(offerId, payerWallet) {
      const record = records.get(offerId);
      if (record === undefined) return "good";
      const nowMs = clock.now();
      return payerWallet === EVERYBODY ? record.tier(nowMs) : record.tierFor(numberOf(payerWallet), nowMs);
    },
    isProving: (offerId, wallet) => records.get(offerId)?.isProving(numberOf(wallet), clock.now()) ?? false,
    mayProbe: (offerId, wallet) => records.get(offerId)?.mayProbe(numberOf(wallet), clock.now()) ?? true,
    probed: (offerId) => records.get(offerId)?.probed(clock.now()),
    unprobed: (offerId) => records.get(offerId)?.unprobed(),
    measured: (offerId) => records.get(offerId)?.measured(clock.now()) ?? NOTHING_MEASURED,
    get version() {
      const nowMs = clock.now();
      if (nowMs >= nextMs) look(nowMs);
      return version;
    },
    learn({ offers, slots, speeds }) {
      for (const offer of offers) recordOf(offer.offerId).learn(offer);
      for (const { offerId, slot, succeeded, failed } of slots) recordOf(offerId).learnSlot(slot, succeeded, failed);
      for (const { offerId, slot, kind, bucket, count } of speeds)
        recordOf(offerId).learnSpeed(slot, kind, bucket, count);
      const nowMs = clock.now();
      for (const { offerId } of offers) announce(recordOf(offerId), nowMs);
    },
  };
}
