// The live book of offers: what every connected provider sells, replaced link by link.
import { closest, distance } from "fastest-levenshtein";
import type { Price } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { Bits } from "./draw.ts";
import { bitsOf } from "./draw.ts";
import { nameSkeleton } from "./imitation.ts";
import type { ModelName } from "./model-name.ts";
import { modelId } from "./model-name.ts";

/** A link as the market knows it. */
export interface SellingLink {
  readonly id: string;
  readonly wallet: string;
  /** From where it is connected, as far as sellers are counted by it; undefined for private networks. */
  readonly network?: string | undefined;
}

/** One provider's model at a price, on one link. */
export interface LiveOffer {
  /** The same for every link of a provider that sells it: what health is counted by. */
  readonly id: string;
  readonly modelId: string;
  readonly linkId: string;
  readonly wallet: string;
  readonly network: string | undefined;
  readonly offer: Offer;
  /** Equal for links that sell it on equal terms. */
  readonly termsText: string;
  readonly price: Price;
  /** What its place in a draw follows from. */
  readonly seed: Bits;
  readonly sinceMs: number;
}

/** Finds and lists what is on sale. */
export interface OfferBook {
  /** Replaces all offers of one link; of one that is what it was all lists stay the same. */
  replace(link: SellingLink, offers: readonly Offer[], nowMs: number): void;
  /** Takes everything a link sold off the market. */
  remove(linkId: string): void;
  /** The offers of that name; of one that names no wallet the same array until one of them comes, goes or changes. */
  find(name: ModelName): readonly LiveOffer[];
  /** Every offer, grouped by model id. */
  models(): ReadonlyMap<string, readonly LiveOffer[]>;
  /** Other models whose names eyes do not tell apart from this one's. */
  namesakes(id: string): readonly string[];
  /** Rises with every offer that comes, goes or changes. */
  readonly version: number;
  /** Model ids that look like `text`, nearest first. */
  near(text: string): readonly string[];
}

const NEAR_MAX = 3; // suggestions people can read in one line
const NEAR_SEARCHED_MAX = 2_000; // names compared for one wrong model: bounds what a typing error costs

function offerId(link: SellingLink, offer: Offer): string {
  return `${link.wallet}/${offer.name.toLowerCase()}`;
}

function toLiveOffer(link: SellingLink, offer: Offer, sinceMs: number): LiveOffer {
  const id = offerId(link, offer);
  return {
    id,
    modelId: modelId(offer.provider_name, offer.name),
    linkId: link.id,
    wallet: link.wallet,
    network: link.network,
    offer,
    termsText: JSON.stringify(offer),
    price: parsePricing(offer.pricing),
    seed: bitsOf(id),
    sinceMs,
  };
}

function isSame(had: readonly LiveOffer[], has: readonly LiveOffer[]): boolean {
  return had.length === has.length && had.every((offer, index) => offer === has[index]);
}

/** Offers by what they are found by. */
class Index {
  readonly byKey = new Map<string, readonly LiveOffer[]>();
  readonly #keyOf: (offer: LiveOffer) => string;

  constructor(keyOf: (offer: LiveOffer) => string) {
    this.#keyOf = keyOf;
  }

  /** Puts a link's offers in the place of those it had; lists in which nothing changes stay what they are. */
  replace(linkId: string, before: readonly LiveOffer[], after: readonly LiveOffer[]): void {
    const [old, now] = [Map.groupBy(before, this.#keyOf), Map.groupBy(after, this.#keyOf)];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      const has = now.get(key) ?? [];
      if (isSame(old.get(key) ?? [], has)) continue;
      const others = (this.byKey.get(key) ?? []).filter((offer) => offer.linkId !== linkId);
      if (others.length + has.length === 0) this.byKey.delete(key);
      else this.byKey.set(key, [...others, ...has]);
    }
  }
}

/** Model ids by what eyes see of them. */
class Skeletons {
  readonly #ids = new Map<string, Set<string>>();

  came(id: string): void {
    const skeleton = nameSkeleton(id);
    this.#ids.set(skeleton, (this.#ids.get(skeleton) ?? new Set()).add(id));
  }

  went(id: string): void {
    const skeleton = nameSkeleton(id);
    const ids = this.#ids.get(skeleton);
    ids?.delete(id);
    if (ids?.size === 0) this.#ids.delete(skeleton);
  }

  besides(id: string): string[] {
    return [...(this.#ids.get(nameSkeleton(id)) ?? [])].filter((other) => other !== id);
  }
}

/** Creates an empty book. */
export function createOfferBook(): OfferBook {
  const byLink = new Map<string, readonly LiveOffer[]>();
  const models = new Index((offer) => offer.modelId);
  const slugs = new Index(({ offer }) => offer.name.toLowerCase());
  const skeletons = new Skeletons();
  const [byModel, bySlug] = [models.byKey, slugs.byKey];
  let version = 0;

  const change = (linkId: string, after: readonly LiveOffer[]): void => {
    const before = byLink.get(linkId) ?? [];
    const ids = new Set([...before, ...after].map((offer) => offer.modelId));
    const known = new Set([...ids].filter((id) => byModel.has(id)));
    if (after.length === 0) byLink.delete(linkId);
    else byLink.set(linkId, after);
    models.replace(linkId, before, after);
    slugs.replace(linkId, before, after);
    for (const id of ids) {
      if (byModel.has(id) === known.has(id)) continue;
      if (byModel.has(id)) skeletons.came(id);
      else skeletons.went(id);
    }
    version += 1;
  };

  return {
    get version() {
      return version;
    },
    replace(link, offers, nowMs) {
      const before = byLink.get(link.id) ?? [];
      const known = new Map(before.map((offer) => [offer.id, offer]));
      // What is announced as it was is what it was: whoever announces it again and again makes nobody look anew.
      const live = offers.map((offer) => {
        const old = known.get(offerId(link, offer));
        return old?.termsText === JSON.stringify(offer) ? old : toLiveOffer(link, offer, old?.sinceMs ?? nowMs);
      });
      const kept = new Set(live);
      if (live.length !== before.length || !before.every((offer) => kept.has(offer))) change(link.id, live);
    },
    remove(linkId) {
      if (byLink.has(linkId)) change(linkId, []);
    },
    find(name) {
      switch (name.kind) {
        case "author":
          return byModel.get(`${name.author}/${name.slug}`) ?? [];
        case "slug":
          return bySlug.get(name.slug) ?? [];
        case "wallet":
          return (bySlug.get(name.slug) ?? []).filter((offer) => offer.wallet === name.wallet);
      }
    },
    namesakes: (id) => skeletons.besides(id),
    models: () => byModel,
    near(text) {
      const wanted = text.toLowerCase().slice(0, 130);
      const slug = wanted.slice(wanted.lastIndexOf("/") + 1);
      const ids = [...byModel.keys()].slice(0, NEAR_SEARCHED_MAX);
      const far = (id: string): number => Math.min(distance(wanted, id), distance(slug, id.slice(id.indexOf("/") + 1)));
      const near = ids
        .map((id) => ({ id, far: far(id) }))
        .filter(({ id, far: steps }) => steps <= Math.max(2, Math.floor(id.length / 3)))
        .toSorted((one, other) => one.far - other.far)
        .map(({ id }) => id);
      return near.length > 0 || ids.length === 0 ? near.slice(0, NEAR_MAX) : [closest(wanted, ids)];
    },
  };
}
