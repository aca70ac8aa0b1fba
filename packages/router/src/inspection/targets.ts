// Chooses who takes part in a round: the offers that are due, and others of the model to compare them with.
import type { Random } from "@aimo-network/protocol/random";
import type { LiveOffer } from "../market/offer-book.ts";
import { declaredChecks } from "../market/truth/checks.ts";
import type { Evidence } from "../market/truth/evidence.ts";
import type { ExaminationTimes } from "../market/truth/examination-times.ts";
import { dueChecks, isComparisonDue } from "../market/truth/examination-times.ts";
import type { DueOffer } from "./agenda.ts";
import { oncePerOffer } from "./agenda.ts";
import { INSPECTION_OFFERS_PER_ROUND_MAX } from "./limits.ts";
import type { Target } from "./round.ts";

/** What choosing needs. */
export interface ChoosingDeps {
  readonly nowMs: number;
  readonly random: Random;
  readonly schedule: ExaminationTimes;
  /** Of the wallet that pays: nobody is paid by himself. */
  readonly ownWallet: string;
  evidenceOf(offerId: string): Evidence;
}

/** Links from one network are one seller's, as far as anybody can tell. */
function sellerOf({ network, wallet }: LiveOffer): string {
  return network ?? wallet;
}

function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  return items
    .map((item) => ({ item, at: random.fraction() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ item }) => item);
}

/** At most so many offers, of as many sellers as there are. */
function variedSellers(offers: readonly LiveOffer[], most: number, random: Random): readonly LiveOffer[] {
  const sellers = new Set<string>();
  const [firsts, rest]: [LiveOffer[], LiveOffer[]] = [[], []];
  for (const offer of shuffled(offers, random)) {
    (sellers.has(sellerOf(offer)) ? rest : firsts).push(offer);
    sellers.add(sellerOf(offer));
  }
  return [...firsts, ...rest].slice(0, Math.max(0, most));
}

/** The targets of a round of one model, whose offers these are. */
export function chooseTargets(
  { nowMs, random, schedule, ownWallet, evidenceOf }: ChoosingDeps,
  offers: readonly LiveOffer[],
  due: readonly DueOffer[],
): readonly Target[] {
  const examined = shuffled(due, random).slice(0, INSPECTION_OFFERS_PER_ROUND_MAX);
  const isCompared = examined.some(({ offer }) => isComparisonDue(evidenceOf(offer.id), nowMs, schedule));
  const targets = examined.map(({ offer, declared }): Target => {
    const evidence = evidenceOf(offer.id);
    const checks = dueChecks(declared, evidence, nowMs, schedule);
    return { offer, evidence, declared, checks, isDue: true, isCompared, seller: sellerOf(offer) };
  });
  if (!isCompared) return targets;
  const ids = new Set(examined.map(({ offer }) => offer.id));
  const others = offers.filter(({ id, wallet }) => !ids.has(id) && wallet !== ownWallet);
  const places = INSPECTION_OFFERS_PER_ROUND_MAX - targets.length;
  const compared = variedSellers(oncePerOffer(others, random), places, random).flatMap((offer): Target[] => {
    const declared = declaredChecks(offer.offer);
    const evidence = evidenceOf(offer.id);
    if (declared.length === 0) return [];
    return [{ offer, evidence, declared, checks: [], isDue: false, isCompared, seller: sellerOf(offer) }];
  });
  return [...targets, ...compared];
}
