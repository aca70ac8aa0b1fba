// The live book of offers: what every connected provider sells, replaced link by link.
import { closest, distance } from "fastest-levenshtein";
import type { Price } from "@aimo-network/protocol/price";
import { parsePricing } from "@aimo-network/protocol/price";
import type { Offer } from "@aimo-network/protocol/wire/offer";
import type { ModelName } from "./model-name.ts";
import { modelId } from "./model-name.ts";
import { priceWeight } from "./price-weight.ts";

/** One provider's model at a price, on one link. */
export interface LiveOffer {
  /** The same for every link of a provider that sells it: what health is counted by. */
  readonly id: string;
  readonly modelId: string;
  readonly linkId: string;
  readonly wallet: string;
  readonly offer: Offer;
  readonly price: Price;
  /** Its share among equals, 1/price² (see `price-weight.ts`). */
  readonly weight: bigint;
  readonly sinceMs: number;
}

/** Finds and lists what is on sale. */
export interface OfferBook {
  /** Replaces all offers of one link. */
  replace(link: { id: string; wallet: string }, offers: readonly Offer[], nowMs: number): void;
  /** Takes everything a link sold off the market. */
  remove(linkId: string): void;
  find(name: ModelName): readonly LiveOffer[];
  /** Every offer, grouped by model id. */
  models(): ReadonlyMap<string, readonly LiveOffer[]>;
  /** Model ids that look like `text`, nearest first. */
  near(text: string): readonly string[];
}

const NEAR_MAX = 3; // suggestions people can read in one line
const NEAR_SEARCHED_MAX = 2_000; // names compared for one wrong model: bounds what a typing error costs

function offerId(link: { wallet: string }, offer: Offer): string {
  return `${link.wallet}/${offer.name.toLowerCase()}`;
}

function toLiveOffer(link: { id: string; wallet: string }, offer: Offer, sinceMs: number): LiveOffer {
  const price = parsePricing(offer.pricing);
  return {
    id: offerId(link, offer),
    modelId: modelId(offer.provider_name, offer.name),
    linkId: link.id,
    wallet: link.wallet,
    offer,
    price,
    weight: priceWeight(price),
    sinceMs,
  };
}

/** Creates an empty book. */
export function createOfferBook(): OfferBook {
  const byLink = new Map<string, readonly LiveOffer[]>();
  const byModel = new Map<string, LiveOffer[]>();
  const bySlug = new Map<string, LiveOffer[]>();

  const takeOut = (index: Map<string, LiveOffer[]>, key: string, linkId: string): void => {
    const kept = (index.get(key) ?? []).filter((offer) => offer.linkId !== linkId);
    if (kept.length === 0) index.delete(key);
    else index.set(key, kept);
  };
  const putIn = (index: Map<string, LiveOffer[]>, key: string, offer: LiveOffer): void => {
    index.set(key, [...(index.get(key) ?? []), offer]);
  };
  const remove = (linkId: string): void => {
    for (const offer of byLink.get(linkId) ?? []) {
      takeOut(byModel, offer.modelId, linkId);
      takeOut(bySlug, offer.offer.name.toLowerCase(), linkId);
    }
    byLink.delete(linkId);
  };

  return {
    replace(link, offers, nowMs) {
      const since = new Map((byLink.get(link.id) ?? []).map((offer) => [offer.id, offer.sinceMs]));
      const live = offers.map((offer) => toLiveOffer(link, offer, since.get(offerId(link, offer)) ?? nowMs));
      remove(link.id);
      byLink.set(link.id, live);
      for (const offer of live) {
        putIn(byModel, offer.modelId, offer);
        putIn(bySlug, offer.offer.name.toLowerCase(), offer);
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
