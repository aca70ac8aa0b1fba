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
  /** Replaces all offers of one link. */
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

/** Offers by what they are found by. */
class Index {
  readonly byKey = new Map<string, LiveOffer[]>();

  takeOut(key: string, linkId: string): void {
    const kept = (this.byKey.get(key) ?? []).filter((offer) => offer.linkId !== linkId);
    if (kept.length === 0) this.byKey.delete(key);
    else this.byKey.set(key, kept);
  }

  putIn(key: string, offer: LiveOffer): void {
    this.byKey.set(key, [...(this.byKey.get(key) ?? []), offer]);
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
  const [models, slugs, skeletons] = [new Index(), new Index(), new Skeletons()];
  const [byModel, bySlug] = [models.byKey, slugs.byKey];
  let version = 0;

  const remove = (linkId: string): void => {
    version += 1;
    for (const { modelId: id, offer } of byLink.get(linkId) ?? []) {
      models.takeOut(id, linkId);
      if (!byModel.has(id)) skeletons.went(id);
      slugs.takeOut(offer.name.toLowerCase(), linkId);
    }
    byLink.delete(linkId);
  };

  return {
    get version() {
      return version;
    },
    replace(link, offers, nowMs) {
      const since = new Map((byLink.get(link.id) ?? []).map((offer) => [offer.id, offer.sinceMs]));
      const live = offers.map((offer) => toLiveOffer(link, offer, since.get(offerId(link, offer)) ?? nowMs));
      remove(link.id);
      byLink.set(link.id, live);
      for (const offer of live) {
        if (!byModel.has(offer.modelId)) skeletons.came(offer.modelId);
        models.putIn(offer.modelId, offer);
        slugs.putIn(offer.offer.name.toLowerCase(), offer);
      }
    },
    remove,
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
