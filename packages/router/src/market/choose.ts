// Which providers a request is offered to, in which order: a pure function of what is known.
import { bell } from "./draw.ts";
import type { Needs } from "./fitness.ts";
import { isContextDoubted, isNamedBy, isOver, isUnder, unfit } from "./fitness.ts";
import type { Tier } from "./health/offer-health.ts";
import type { ModelView, OfferStanding, RankedOffer } from "./model-view.ts";
import type { LiveOffer } from "./offer-book.ts";
import { lacksParameters } from "./parameters.ts";
import type { Exclusion, Plan } from "./plan.ts";
import { comparedPrice } from "./price-weight.ts";

/** What is known of an offer at this moment. */
export interface Standing {
  /** Requests its link could still take for it. */
  freeSlots(offer: LiveOffer): number;
  /** How it stands with the request's payer. */
  tier(offer: LiveOffer): Tier;
  /** Whether it may be asked first once more although it is not good. */
  mayProbe(offer: LiveOffer): boolean;
}

/** Where an offer stands in the order: by rank, then by value, then by its draw; all are better when they are less. */
export interface Order {
  readonly rank: number;
  readonly value: number;
  /** Of what is sorted, which of equal ones comes first; 0 where the value is the draw. */
  readonly draw: number;
}

interface Placed extends Order {
  readonly ranked: RankedOffer;
  readonly link: LiveOffer;
}

// What moves an offer behind others, each more than all that stand above it in this list together.
const OVER_PREFERRED = 1;
const NOT_GOOD = 2;
const LACKS_PARAMETERS = 4;
const LAST_RESORT = 8;
/** Offers that the client has put in order come before all others. */
const ORDERED = -1_000_000;

/** What an offer's standing moves it behind. */
const STANDING_RANKS: Readonly<Record<OfferStanding, number>> = {
  good: 0,
  slow: NOT_GOOD,
  degraded: NOT_GOOD,
  resting: LAST_RESORT,
  outage: LAST_RESORT,
};

function rankOf(ranked: RankedOffer, needs: Needs): number {
  const { preferences, parameters } = needs;
  const { measured, standing, terms } = ranked;
  let rank = STANDING_RANKS[standing];
  if (lacksParameters(parameters, terms) || isContextDoubted(ranked, needs)) rank += LACKS_PARAMETERS;
  const { maxLatencyMs, minThroughput } = preferences;
  if (maxLatencyMs !== undefined && isOver(measured.firstOutputMs, maxLatencyMs)) rank += OVER_PREFERRED;
  else if (minThroughput !== undefined && isUnder(measured.tokensPerSecond, minThroughput)) rank += OVER_PREFERRED;
  if (preferences.order.length === 0 || rank >= LAST_RESORT) return rank;
  const place = preferences.order.findIndex((named) => isNamedBy(named, ranked));
  return place === -1 ? rank : ORDERED + place;
}

/** What a sort goes by; an offer that has not been measured stands where the median does. */
function valueOf(ranked: RankedOffer, needs: Needs, view: ModelView): number {
  switch (needs.preferences.sort) {
    case "price":
      return needs.inputModalities.has("image") ? comparedPrice(ranked.offer.price, true) : ranked.comparedPrice;
    case "latency":
      return ranked.measured.firstOutputMs?.p50 ?? view.medianFirstOutputMs ?? 0;
    case "throughput":
      return -(ranked.measured.tokensPerSecond?.p50 ?? view.medianTokensPerSecond ?? 0);
    default:
      return drawOf(ranked, needs);
  }
}

function drawOf({ offer, weight, imageWeight }: RankedOffer, { draw, inputModalities }: Needs): number {
  return bell(draw, offer.seed, inputModalities.has("image") ? imageWeight : weight);
}

/** Or whoever came first would get all that is sorted. */
function tieOf(ranked: RankedOffer, needs: Needs): number {
  return needs.preferences.sort === undefined ? 0 : drawOf(ranked, needs);
}

/** Where an offer stands in the order of a request's choice, before anybody has looked whether it has room. */
export function orderOf(ranked: RankedOffer, needs: Needs, view: ModelView): Order {
  return { rank: rankOf(ranked, needs), value: valueOf(ranked, needs, view), draw: tieOf(ranked, needs) };
}

/** The rank with what an offer's health says now, where that is worse than what the view was made with. */
function rankNow({ standing }: RankedOffer, rank: number, tier: Tier): number {
  const worse = STANDING_RANKS[tier] - STANDING_RANKS[standing];
  if (worse <= 0) return rank;
  if (rank >= 0) return rank + worse;
  return STANDING_RANKS[tier] >= LAST_RESORT ? LAST_RESORT : rank;
}

/** Below 0 where the first comes first. */
export function compareOrders(one: Order, other: Order): number {
  return one.rank - other.rank || one.value - other.value || one.draw - other.draw;
}

/** Of links that sell it on equal terms the least loaded takes a request. */
function freestLink(links: readonly LiveOffer[], standing: Standing): LiveOffer | undefined {
  let most = 0;
  let freest: LiveOffer | undefined;
  for (const link of links) {
    const free = standing.freeSlots(link);
    if (free > most) {
      most = free;
      freest = link;
    }
  }
  return freest;
}

/** The best offers so far, one of each provider. */
class Places {
  readonly taken: Placed[] = [];
  readonly #most: number;
  readonly #standing: Standing;
  readonly #excluded: Set<Exclusion>;

  constructor(most: number, standing: Standing, excluded: Set<Exclusion>) {
    this.#most = most;
    this.#standing = standing;
    this.#excluded = excluded;
  }

  /** Looks at an offer that may have a place; only then at its links and at how it stands with the payer now. */
  offer(ranked: RankedOffer, rank: number, value: number, draw: number): void {
    const { taken } = this;
    const last = taken[this.#most - 1];
    if (last !== undefined && (rank > last.rank || (rank === last.rank && value > last.value))) return; // nearly every one
    const order = { rank, value, draw };
    if (last !== undefined && compareOrders(order, last) >= 0) return;
    const { wallet } = ranked.offer;
    const own = taken.findIndex((other) => other.ranked.offer.wallet === wallet);
    if (own !== -1 && compareOrders(order, taken[own] as Placed) >= 0) return;
    const link = freestLink(ranked.links, this.#standing);
    if (link === undefined) {
      this.#excluded.add("no_free_slot");
      return;
    }
    if (own !== -1) taken.splice(own, 1);
    this.#insert({ ...order, ranked, link, rank: rankNow(ranked, order.rank, this.#standing.tier(link)) });
  }

  #insert(placed: Placed): void {
    const at = this.taken.findIndex((other) => compareOrders(placed, other) < 0);
    this.taken.splice(at === -1 ? this.taken.length : at, 0, placed);
    this.taken.length = Math.min(this.taken.length, this.#most);
  }
}

/** An offer that is not good, and would come first if it were. */
function findProbe(first: RankedOffer | undefined, places: Places, standing: Standing): Placed | undefined {
  const [best] = places.taken;
  if (first === undefined || best === undefined || first === best.ranked) return undefined;
  const link = freestLink(first.links, standing);
  if (link === undefined || STANDING_RANKS[standing.tier(link)] >= LAST_RESORT || !standing.mayProbe(link))
    return undefined;
  return { ranked: first, link, rank: 0, value: 0, draw: 0 };
}

/**
 * Plans the providers of a request: those that fit, one place each, ordered as the client asks, else drawn by weight.
 * Offers that fail or are slow come after the others; now and then one of them comes first, to see how it is.
 */
export function choose(view: ModelView, needs: Needs, standing: Standing): Plan {
  const excluded = new Set<Exclusion>();
  const places = new Places(needs.places, standing, excluded);
  const { preferences } = needs;
  const isDrawn = preferences.sort === undefined && preferences.order.length === 0;
  let firstBell = Infinity;
  let first: RankedOffer | undefined;
  for (const ranked of view.ranked) {
    const reason = unfit(ranked, needs);
    if (reason !== undefined) {
      excluded.add(reason);
      continue;
    }
    const rank = rankOf(ranked, needs);
    const value = valueOf(ranked, needs, view);
    if (value < firstBell && (rank & ~NOT_GOOD) === 0) {
      firstBell = value;
      first = ranked;
    }
    places.offer(ranked, rank, value, tieOf(ranked, needs));
  }
  const probe = isDrawn ? findProbe(first, places, standing) : undefined;
  const rest = places.taken.filter(({ ranked }) => ranked.offer.wallet !== probe?.ranked.offer.wallet);
  const planned = probe === undefined ? rest : [probe, ...rest].slice(0, Math.max(needs.places, 1));
  return { offers: planned.map(({ link }) => link), excluded, probing: probe?.link };
}
