// Who gets which part of a model's traffic: by price, but newcomers share one small part, and one seller's wallets one weight.
import type { Measured } from "./health/offer-health.ts";
import { NEWCOMERS_SHARE_MAX, YOUNG_MS, YOUNG_SHARE_MAX } from "./limits.ts";
import type { OfferStanding, RankedOffer } from "./model-view.ts";
import type { Reason } from "./plan.ts";
import { comparedPrice, priceWeight } from "./price-weight.ts";

type Unweighed = Omit<RankedOffer, "weight" | "imageWeight" | "share" | "reasons">;

interface Weighed {
  readonly one: Unweighed;
  factor: number;
  readonly reasons: Reason[];
}

/** Standings in the order in which they are asked: only where nobody stands well the next ones carry the traffic. */
const SERVING: readonly (readonly OfferStanding[])[] = [["good"], ["slow", "degraded"], ["resting", "outage"]];

function weightOf({ one, factor }: Weighed): number {
  return priceWeight(one.comparedPrice) * factor;
}

function sum(weighed: readonly Weighed[]): number {
  let total = 0;
  for (const one of weighed) total += weightOf(one);
  return total;
}

/** A wallet draws once, however many terms it sells a model on: its cheapest ones draw. */
function drawing(weighed: readonly Weighed[]): Weighed[] {
  const cheapest = new Map<string, Weighed>();
  for (const each of weighed) {
    const known = cheapest.get(each.one.offer.id);
    if (known === undefined || each.one.comparedPrice < known.one.comparedPrice) cheapest.set(each.one.offer.id, each);
  }
  return [...cheapest.values()];
}

/** Who carries the traffic: of those that everybody may reach, the ones that stand best. */
function findServing(weighed: readonly Weighed[]): Weighed[] {
  const open = drawing(weighed.filter(({ one }) => one.hidden === undefined));
  for (const standings of SERVING) {
    const found = open.filter(({ one }) => standings.includes(one.standing));
    if (found.length > 0) return found;
  }
  return [];
}

/** How long an offer has served strangers, as far as that is told apart. */
export type Age = "new" | "young" | "proven";

/** The age of an offer. */
export function ageOf({ isNew, firstSuccessMs }: Measured, nowMs: number): Age {
  if (isNew) return "new";
  return nowMs - (firstSuccessMs ?? nowMs) < YOUNG_MS ? "young" : "proven";
}

/**
 * Wallets cost nothing: those that come from one network weigh as much together as the heaviest of them alone. Whoever has
 * served for less long, or stands worse, takes nothing from the others there: or a rival's neighbour could, without serving.
 */
function shareByNetwork(weighed: readonly Weighed[], nowMs: number): void {
  const kindOf = ({ one }: Weighed): string | undefined => {
    const { network } = one.offer;
    if (network === undefined) return undefined;
    const stands = SERVING.findIndex((standings) => standings.includes(one.standing));
    return `${network} ${ageOf(one.measured, nowMs)} ${stands} ${one.hidden ?? ""}`;
  };
  for (const [kind, members] of Map.groupBy(weighed, kindOf)) {
    if (kind === undefined || members.length < 2) continue;
    const own = drawing(members);
    if (own.length < 2) continue;
    const factor = Math.max(...own.map(weightOf)) / sum(own);
    for (const member of members) {
      member.factor *= factor;
      member.reasons.push("shares_weight_with_network");
    }
  }
}

/** Lowers a group's weights so that it gets at most `most` of the traffic beside the others; where there are none, it is free. */
function bound(group: readonly Weighed[], others: readonly Weighed[], most: number, reason: Reason): void {
  const total = sum(group);
  const allowed = (sum(others) * most) / (1 - most);
  if (others.length === 0 || total <= allowed) return;
  for (const member of group) {
    member.factor *= allowed / total;
    member.reasons.push(reason);
  }
}

/** Gives every offer its weight and its share of the traffic. */
export function shareWeights(offers: readonly Unweighed[], nowMs: number): readonly RankedOffer[] {
  const weighed = offers.map((one): Weighed => ({ one, factor: 1, reasons: [] }));
  shareByNetwork(weighed, nowMs);
  const serving = findServing(weighed);
  const isNew = ({ one }: Weighed): boolean => one.measured.isNew;
  const isYoung = ({ one }: Weighed): boolean => ageOf(one.measured, nowMs) !== "proven";
  const known = serving.filter((each) => !isNew(each));
  bound(serving.filter(isNew), known, NEWCOMERS_SHARE_MAX, "newcomer");
  const proven = serving.filter((each) => !isYoung(each));
  bound(serving.filter(isYoung), proven, YOUNG_SHARE_MAX, "young");
  const total = sum(serving);
  const shares = new Map(serving.map((each) => [each, weightOf(each) / total]));
  return weighed.map((each): RankedOffer => {
    const { one, factor, reasons } = each;
    return {
      ...one,
      weight: weightOf(each),
      imageWeight: priceWeight(comparedPrice(one.offer.price, true)) * factor,
      share: shares.get(each) ?? 0,
      reasons,
    };
  });
}
