// Why a choice is as it is: for every offer what kept it out, or what placed it where it stands. Made only when asked for.
import type { Needs } from "./fitness.ts";
import { isContextDoubted, isNamedBy, isOver, isUnder, unfit } from "./fitness.ts";
import type { Standing } from "./choose.ts";
import { compareOrders, orderOf } from "./choose.ts";
import { EXPLAINED_MAX } from "./limits.ts";
import type { ModelView, RankedOffer } from "./model-view.ts";
import { lacksParameters } from "./parameters.ts";
import type { Exclusion, Explained, Plan, Reason } from "./plan.ts";

function exclusionOf(ranked: RankedOffer, needs: Needs, standing: Standing): Exclusion | undefined {
  const hasRoom = ranked.links.some((link) => standing.freeSlots(link) > 0);
  return unfit(ranked, needs) ?? (hasRoom ? undefined : "no_free_slot");
}

const SORTED: Readonly<Record<"price" | "throughput" | "latency", Reason>> = {
  price: "sorted_by_price",
  throughput: "sorted_by_throughput",
  latency: "sorted_by_latency",
};

function reasonsOf(ranked: RankedOffer, needs: Needs, standing: Standing, plan: Plan): Reason[] {
  const { preferences, parameters } = needs;
  const { measured, terms } = ranked;
  const tiers = ranked.links.map((link) => standing.tier(link));
  const reasons: Reason[] = [];
  if (preferences.order.some((named) => isNamedBy(named, ranked))) reasons.push("named_in_order");
  reasons.push(preferences.sort === undefined ? "weighted_by_price" : SORTED[preferences.sort], ...ranked.reasons);
  if (ranked.standing === "slow") reasons.push("slow");
  for (const tier of ["degraded", "resting", "outage"] as const) if (tiers.includes(tier)) reasons.push(tier);
  if (plan.probing !== undefined && ranked.links.includes(plan.probing)) reasons.push("probe");
  const { maxLatencyMs = {}, minThroughput = {} } = preferences;
  if (isOver(measured.firstOutputMs, maxLatencyMs)) reasons.push("over_preferred_latency");
  if (isUnder(measured.tokensPerSecond, minThroughput)) reasons.push("under_preferred_throughput");
  if (lacksParameters(parameters, terms)) reasons.push("lacks_parameters");
  if (isContextDoubted(ranked, needs)) reasons.push("context_doubted");
  return reasons;
}

/**
 * Explains a plan that `choose` made, of which `before` offers of other models are asked first: those in the plan, then the
 * others in their order, at most `EXPLAINED_MAX`.
 */
export function explain(
  view: ModelView,
  needs: Needs,
  standing: Standing,
  plan: Plan,
  before = 0,
): readonly Explained[] {
  const wallets = new Set(plan.offers.map(({ wallet }) => wallet));
  const explained = view.ranked.map((ranked) => {
    const at = plan.offers.findIndex((offer) => ranked.links.includes(offer));
    const excluded = exclusionOf(ranked, needs, standing);
    const reasons = excluded === undefined ? reasonsOf(ranked, needs, standing, plan) : [];
    const isOther = excluded === undefined && at === -1;
    if (isOther) reasons.push(wallets.has(ranked.offer.wallet) ? "same_provider_ranks_higher" : "ranks_lower");
    const order = orderOf(ranked, needs, view);
    const place = at === -1 ? undefined : before + at;
    const { offer, finding, share } = ranked;
    return { shown: { offer, place, excluded, verdict: finding.verdict, reasons, share }, order };
  });
  const isIn = ({ shown }: (typeof explained)[number]): number =>
    shown.place ?? (shown.excluded === undefined ? Number.MAX_SAFE_INTEGER - 1 : Number.MAX_SAFE_INTEGER);
  return explained
    .toSorted((one, other) => {
      const byPlace = isIn(one) - isIn(other);
      return byPlace === 0 ? compareOrders(one.order, other.order) : byPlace;
    })
    .slice(0, EXPLAINED_MAX)
    .map(({ shown }) => shown);
}
