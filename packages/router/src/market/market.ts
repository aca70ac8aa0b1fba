// The market of a router: what is on sale, how it serves, what is true of it, and the choice that follows.
import type { Clock } from "@aimo-network/protocol/clock";
import type { OfferHealth } from "./health/offer-health.ts";
import { nameSkeleton } from "./imitation.ts";
import type { ModelViews } from "./model-view.ts";
import { createModelViews } from "./model-view.ts";
import type { OfferBook } from "./offer-book.ts";
import type { Probing } from "./probing.ts";
import { createProbing } from "./probing.ts";
import type { OfferTruth } from "./truth/offer-truth.ts";

/** What a market knows. */
export interface MarketKnowledge {
  readonly book: OfferBook;
  readonly health: OfferHealth;
  readonly truth: OfferTruth;
}

/** What a market knows, and what it makes of it. */
export interface Market extends MarketKnowledge {
  readonly views: ModelViews;
  readonly probing: Probing;
}

/** When a model was first served for strangers; undefined where it never was. */
function establishedMs({ book, health }: MarketKnowledge, id: string): number | undefined {
  let first: number | undefined;
  for (const offer of book.models().get(id) ?? []) {
    const { isNew, firstSuccessMs } = health.measured(offer.id);
    if (!isNew && firstSuccessMs !== undefined && firstSuccessMs < (first ?? Infinity)) first = firstSuccessMs;
  }
  return first;
}

/**
 * Tells of names whether they pass for that of another model that served strangers before. Each model is looked at once, however
 * many offers and namesakes it has: anybody may make thousands of either.
 */
function lookAtNames(known: MarketKnowledge): (id: string) => boolean {
  const established = new Map<string, number>();
  const firsts = new Map<string, number>();
  const sinceMs = (id: string): number => {
    const found = established.get(id) ?? establishedMs(known, id) ?? Infinity;
    established.set(id, found);
    return found;
  };
  return (id) => {
    const skeleton = nameSkeleton(id);
    let first = firsts.get(skeleton);
    if (first === undefined) {
      const others = known.book.namesakes(id);
      first =
        others.length === 0 ? Infinity : others.reduce((least, each) => Math.min(least, sinceMs(each)), sinceMs(id));
      firsts.set(skeleton, first);
    }
    return first !== Infinity && sinceMs(id) > first;
  };
}

/** Creates a market. */
export function createMarket(clock: Clock, known: MarketKnowledge): Market {
  const { book, health, truth } = known;
  return {
    ...{ book, health, truth },
    views: createModelViews({ clock, health, truth, lookAtNames: () => lookAtNames(known) }),
    probing: createProbing(clock, health),
  };
}
