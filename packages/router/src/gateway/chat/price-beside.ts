// Which prices an offer is held against: a client that has not said what it pays is not sent where it costs much more.
import { isNamedBy } from "../../market/fitness.ts";
import type { LiveOffer } from "../../market/offer-book.ts";
import type { MaxPrice, Preferences } from "../../market/preferences.ts";
import type { Asked } from "./plan-rounds.ts";

/** Whether a client bounds all that an offer asks. */
function isPriced({ prompt, completion, request, image }: MaxPrice, { price }: LiveOffer): boolean {
  return (
    prompt !== undefined &&
    (completion !== undefined || price.completion === 0n) &&
    (request !== undefined || (price.request ?? 0n) === 0n) &&
    (image !== undefined || (price.image ?? 0n) === 0n)
  );
}

/** Each model has a price of its own, that of the first who is asked for it; whoever is named has named its price. */
export function priceBesideOf(
  asked: readonly Asked[],
  { order, maxPrice = {} }: Preferences,
  offers: readonly LiveOffer[],
): (offer: LiveOffer) => LiveOffer {
  const askedOf = (offer: LiveOffer): Asked | undefined =>
    asked.length === 1 ? asked[0] : asked.find((one) => one.offers.includes(offer));
  return (offer) => {
    const model = askedOf(offer);
    const isNamed = model?.name.kind === "wallet" || order.some((named) => isNamedBy(named, { offer }));
    if (isNamed || isPriced(maxPrice, offer)) return offer;
    return offers.find((other) => askedOf(other) === model) ?? offer;
  };
}

/** Whether an answer costs no more at an offer than at another one, however long it is. */
export function costsNoMore({ price }: Pick<LiveOffer, "price">, { price: than }: Pick<LiveOffer, "price">): boolean {
  return (
    price.prompt <= than.prompt &&
    price.completion <= than.completion &&
    (price.inputCacheRead ?? price.prompt) <= (than.inputCacheRead ?? than.prompt) &&
    (price.image ?? 0n) <= (than.image ?? 0n) &&
    (price.request ?? 0n) <= (than.request ?? 0n)
  );
}
