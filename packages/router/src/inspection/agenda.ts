// Which offers are due: when each that is on sale is examined next.
import type { Random } from "@aimo-network/protocol/random";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { LiveOffer } from "../market/offer-book.ts";
import type { Check } from "../market/truth/checks.ts";
import { declaredChecks } from "../market/truth/checks.ts";
import type { Evidence } from "../market/truth/evidence.ts";
import { nextExaminationMs } from "../market/truth/examination-times.ts";
import { pick } from "../market/truth/prompts.ts";
import { INSPECTION_OFFERS_MAX } from "./limits.ts";
import type { InspectionSchedule } from "./schedule.ts";

/** One offer that is due. */
export interface DueOffer {
  readonly offer: LiveOffer;
  readonly declared: readonly Check[];
}

/** Remembers when offers are due. */
export interface Agenda {
  /** The offers of a model that are due now; each of them once, on one of its links. */
  due(offers: readonly LiveOffer[], nowMs: number): readonly DueOffer[];
  /** An offer was examined; `isIdle` where that has shown nothing. */
  examined(offerId: string, nowMs: number, evidence: Evidence, isIdle: boolean): void;
  /** An offer is not to be examined before that moment. */
  postpone(offerId: string, untilMs: number): void;
  /** Every offer on sale was looked at: the others have gone. */
  turned(nowMs: number): void;
}

interface Entry {
  dueMs: number;
  idle: number;
  declared: readonly Check[];
  turn: number;
}

const EARLY_SHARE = 0.15; // of the time to the next examination: days are not counted from the same hour
const GONE_MS = 24 * 3_600_000;

/** One offer for each id, on any of its links. */
export function oncePerOffer(offers: readonly LiveOffer[], random: Random): readonly LiveOffer[] {
  const byId = Map.groupBy(offers, ({ id }) => id);
  return [...byId.values()].map((links) => pick(random, links));
}

/** Creates an empty agenda. */
export function createAgenda(
  random: Random,
  schedule: InspectionSchedule,
  evidenceOf: (offerId: string) => Evidence,
): Agenda {
  const { firstMs } = schedule;
  const entries = new Map<string, Entry>();
  const declaring = new WeakMap<Offer, readonly Check[]>(); // looked at every few seconds, of every offer there is
  let turn = 1;

  const declaredOf = ({ offer }: LiveOffer): readonly Check[] => {
    const known = declaring.get(offer);
    if (known !== undefined) return known;
    const declared = declaredChecks(offer);
    declaring.set(offer, declared);
    return declared;
  };

  const soon = (nowMs: number): number => nowMs + firstMs[0] + random.fraction() * (firstMs[1] - firstMs[0]);
  const next = (declared: readonly Check[], evidence: Evidence, idle: number): number =>
    nextExaminationMs(declared, evidence, idle, schedule) * (1 - random.fraction() * EARLY_SHARE);

  /** When an offer that has just come is examined: never at once, or its first request would tell. */
  const firstDueMs = (declared: readonly Check[], evidence: Evidence, nowMs: number): number => {
    const { examinedAtMs } = evidence;
    const dueMs = examinedAtMs === undefined ? 0 : examinedAtMs + next(declared, evidence, 0);
    return Math.max(dueMs, soon(nowMs));
  };

  const entryOf = (offer: LiveOffer, nowMs: number): Entry | undefined => {
    const declared = declaredOf(offer);
    const known = entries.get(offer.id);
    if (known === undefined) {
      if (declared.length === 0 || entries.size >= INSPECTION_OFFERS_MAX) return undefined;
      const entry = { dueMs: firstDueMs(declared, evidenceOf(offer.id), nowMs), idle: 0, declared, turn };
      entries.set(offer.id, entry);
      return entry;
    }
    // One that comes and goes is examined all the same, but not with its coming.
    if (known.turn < turn - 1) known.dueMs = Math.max(known.dueMs, nowMs + random.fraction() * firstMs[0]);
    if (declared.some((check) => !known.declared.includes(check))) known.dueMs = Math.min(known.dueMs, soon(nowMs));
    known.declared = declared;
    known.turn = turn;
    return known;
  };

  return {
    due(offers, nowMs) {
      const found = offers.filter((offer) => (entryOf(offer, nowMs)?.dueMs ?? Infinity) <= nowMs);
      const due = oncePerOffer(found, random).map((offer) => ({ offer, declared: declaredOf(offer) }));
      return due.filter(({ declared }) => declared.length > 0); // it may have declared more when it came
    },
    examined(offerId, nowMs, evidence, isIdle) {
      const entry = entries.get(offerId);
      if (entry === undefined) return;
      entry.idle = isIdle ? entry.idle + 1 : 0;
      entry.dueMs = nowMs + next(entry.declared, evidence, entry.idle);
    },
    postpone(offerId, untilMs) {
      const entry = entries.get(offerId);
      if (entry !== undefined) entry.dueMs = Math.max(entry.dueMs, untilMs);
    },
    turned(nowMs) {
      for (const [offerId, entry] of entries) {
        if (entry.turn < turn && entry.dueMs < nowMs - GONE_MS) entries.delete(offerId);
      }
      turn += 1;
    },
  };
}
