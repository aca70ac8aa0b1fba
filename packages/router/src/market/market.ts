// The market of a router: what is on sale, how it serves, what is true of it, and the choice that follows.
import type { Clock } from "@aimo-network/protocol/clock";
import type { OfferHealth } from "./health/offer-health.ts";
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

/** Whether a model's name passes for that of another one that served strangers before it. */
function isImitation(known: MarketKnowledge, id: string): boolean {
  const others = known.book.namesakes(id);
  if (others.length === 0) return false;
  const own = establishedMs(known, id) ?? Infinity;
  return others.some((other) => (establishedMs(known, other) ?? Infinity) < own);
}

/** Creates a market. */
export function createMarket(clock: Clock, known: MarketKnowledge): Market {
  const { book, health, truth } = known;
  return {
    ...{ book, health, truth },
    views: createModelViews({ clock, health, truth, isImitation: (id) => isImitation(known, id) }),
    probing: createProbing(clock, health),
  };
}
