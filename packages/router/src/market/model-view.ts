// A model's offers as the choice sees them: grouped, weighed and placed; made anew when something has changed, not for each request.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { Measured, OfferHealth } from "./health/offer-health.ts";
import {
  MEASURED_AT_ONCE_MAX,
  SLOW_FACTOR,
  SLOW_MS_MIN,
  VIEW_MS_MAX,
  VIEW_MS_MIN,
  VIEW_OFFERS_AT_ONCE,
} from "./limits.ts";
import type { LiveOffer } from "./offer-book.ts";
import type { Exclusion, Reason } from "./plan.ts";
import { comparedPrice } from "./price-weight.ts";
import type { Age } from "./share-weights.ts";
import { ageOf, shareWeights } from "./share-weights.ts";
import type { Finding, OfferTruth } from "./truth/offer-truth.ts";

/** How an offer stands with everybody: as its health says, or slow beside its model's others. */
export type OfferStanding = "good" | "slow" | "degraded" | "resting" | "outage";

/** What one wallet sells a model for, on as many links as sell it on the same terms. */
export interface RankedOffer {
  readonly offer: LiveOffer;
  readonly links: readonly LiveOffer[];
  /** What it offers, without what it has been found not to have. */
  readonly terms: Offer;
  readonly comparedPrice: number;
  readonly measured: Measured;
  readonly finding: Finding;
  readonly standing: OfferStanding;
  /** Why only who names its provider gets there; undefined for all others. */
  readonly hidden: Exclusion | undefined;
  /** What it is drawn by, for requests of text and for those with images. */
  readonly weight: number;
  readonly imageWeight: number;
  /** Its part of the model's traffic, 0 to 1. */
  readonly share: number;
  readonly reasons: readonly Reason[];
}

/** All offers of a model. */
export interface ModelView {
  readonly ranked: readonly RankedOffer[];
  /** What first outputs are called slow beside; undefined where nobody has been measured. */
  readonly usualFirstOutputMs: number | undefined;
  /** Of the good offers that have been measured; undefined where none has. */
  readonly medianFirstOutputMs: number | undefined;
  readonly medianTokensPerSecond: number | undefined;
}

/** What views are made from. */
export interface ModelViewsDeps {
  readonly clock: Clock;
  readonly health: OfferHealth;
  readonly truth: OfferTruth;
  /** Looks at names: tells of each whether it passes for that of another model, which was there before it. */
  lookAtNames(): (modelId: string) => boolean;
}

/** Keeps the views of all models. */
export interface ModelViews {
  /** The view of offers of one name, as the book lists them. */
  of(offers: readonly LiveOffer[]): ModelView;
}

interface Kept {
  readonly groups: readonly (readonly LiveOffer[])[];
  readonly measured: Measured[];
  /** Where the next look at `measured` goes on. */
  next: number;
  view: ModelView;
  madeMs: number;
  health: number;
  truth: number;
}

const EVERYBODY = ""; // no wallet: how an offer stands with one payer alone is looked at when that payer asks

function groupByTerms(offers: readonly LiveOffer[]): LiveOffer[][] {
  const groups = new Map<string, LiveOffer[]>();
  for (const offer of offers) {
    const key = `${offer.id} ${offer.termsText}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [offer]);
    else group.push(offer);
  }
  return [...groups.values()];
}

/** What an offer offers, without what it has been found not to have. */
function trueTerms(offer: Offer, { withdrawn }: Finding): Offer {
  if (withdrawn.size === 0) return offer;
  const capabilities = offer.capabilities.filter((capability) => !withdrawn.has(capability));
  const modalities = offer.input_modalities.filter((modality) => !withdrawn.has(modality));
  return { ...offer, capabilities, input_modalities: modalities };
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

function recentMs({ recentFirstOutputMs, firstOutputMs }: Measured): number | undefined {
  return recentFirstOutputMs ?? firstOutputMs?.p50;
}

type Draft = Omit<RankedOffer, "weight" | "imageWeight" | "share" | "reasons">;

const AGES: readonly Age[] = ["proven", "young", "new"];

/**
 * How long good offers usually take to begin: of those that are known longest, a network having one voice, as wallets cost
 * nothing. Or many quick ones that nobody knows would make all others pass for slow.
 */
function usualMs(good: readonly Draft[], nowMs: number): number | undefined {
  const byAge = Map.groupBy(
    good.filter(({ measured }) => recentMs(measured) !== undefined),
    ({ measured }) => ageOf(measured, nowMs),
  );
  const heard = AGES.map((age) => byAge.get(age)).find((drafts) => drafts !== undefined) ?? [];
  const bySeller = Map.groupBy(heard, ({ offer }) => offer.network ?? offer.wallet);
  const voices = [...bySeller.values()].map((own) => median(own.flatMap(({ measured }) => recentMs(measured) ?? [])));
  return median(voices.filter((voice) => voice !== undefined));
}

/** Good offers that take much longer to begin than their model's usually do. */
function findSlow(good: readonly Draft[], usual: number | undefined): ReadonlySet<Draft> {
  if (usual === undefined) return new Set();
  const limitMs = Math.max(usual * SLOW_FACTOR, usual + SLOW_MS_MIN);
  return new Set(good.filter(({ measured }) => (recentMs(measured) ?? 0) > limitMs));
}

/** Makes and keeps views. */
export function createModelViews({ clock, health, truth, lookAtNames }: ModelViewsDeps): ModelViews {
  const kept = new WeakMap<readonly LiveOffer[], Kept>();

  const draft = (links: readonly LiveOffer[], measured: Measured, isImitation: (id: string) => boolean): Draft => {
    const [offer] = links as readonly [LiveOffer];
    const finding = truth.finding(offer.id);
    const hidden =
      finding.verdict === "unverified" ? "unverified" : isImitation(offer.modelId) ? "imitation" : undefined;
    return {
      ...{ offer, links, measured, finding, hidden },
      terms: trueTerms(offer.offer, finding),
      comparedPrice: comparedPrice(offer.price, false),
      standing: health.tier(offer.id, EVERYBODY),
    };
  };

  const make = (groups: Kept["groups"], measured: readonly Measured[]): ModelView => {
    const isImitation = lookAtNames(); // once for all: they have few names
    const drafts = groups.map((links, index) => draft(links, measured[index] as Measured, isImitation));
    const nowMs = clock.now();
    const serving = drafts.filter(({ standing, hidden }) => standing === "good" && hidden === undefined);
    const usual = usualMs(serving, nowMs);
    const slow = findSlow(serving, usual);
    const placed = drafts.map((one) => (slow.has(one) ? { ...one, standing: "slow" as const } : one));
    const good = placed.filter(({ standing }) => standing === "good");
    return {
      ranked: shareWeights(placed, nowMs),
      usualFirstOutputMs: usual,
      medianFirstOutputMs: median(good.flatMap((one) => one.measured.firstOutputMs?.p50 ?? [])),
      medianTokensPerSecond: median(good.flatMap((one) => one.measured.tokensPerSecond?.p50 ?? [])),
    };
  };

  const begin = (offers: readonly LiveOffer[]): Kept => {
    const groups = groupByTerms(offers);
    const measured = groups.map(([offer]) => health.measured((offer as LiveOffer).id));
    const { version } = health;
    const view = make(groups, measured);
    return { groups, measured, next: 0, view, madeMs: clock.monotonic(), health: version, truth: truth.version };
  };

  const renew = (one: Kept): void => {
    one.health = health.version;
    one.truth = truth.version;
    const { groups, measured } = one;
    for (let looks = Math.min(MEASURED_AT_ONCE_MAX, groups.length); looks > 0; looks -= 1) {
      const [offer] = groups[one.next] as readonly [LiveOffer];
      measured[one.next] = health.measured(offer.id);
      one.next = (one.next + 1) % groups.length;
    }
    one.view = make(groups, measured);
    one.madeMs = clock.monotonic();
  };

  return {
    of(offers) {
      const one = kept.get(offers);
      if (one === undefined) {
        const made = begin(offers);
        kept.set(offers, made);
        return made.view;
      }
      const patience = 1 + one.groups.length / VIEW_OFFERS_AT_ONCE;
      const ageMs = (clock.monotonic() - one.madeMs) / patience;
      const hasChanged = one.health !== health.version || one.truth !== truth.version;
      if (ageMs >= VIEW_MS_MAX || (hasChanged && ageMs >= VIEW_MS_MIN)) renew(one);
      return one.view;
    },
  };
}
