// The numbers by which the ledger's rows name an offer: its provider, its model and its price.
import type { Numbers } from "../ledger/numbers.ts";
import type { PricedOffer } from "./ceiling.ts";

/** An offer as billing knows it. */
export interface BillableOffer extends PricedOffer {
  /** The provider's. */
  readonly wallet: string;
  readonly modelId: string;
}

/** What rows say instead of an offer. */
export interface OfferNumbers {
  readonly provider: number;
  readonly model: number;
  readonly price: number;
}

/** Of the offers that were asked for lately; an offer is never changed, nor is a number that was given. */
const known = new WeakMap<Numbers, WeakMap<BillableOffer, OfferNumbers>>();

/** The numbers of an offer whose numbers were asked for before; undefined for any other. */
export function knownNumbersOf(numbers: Numbers, offer: BillableOffer): OfferNumbers | undefined {
  return known.get(numbers)?.get(offer);
}

/** The numbers of an offer; throws `ledger_unavailable` where one must be asked for and nobody answers. */
export async function numbersOf(numbers: Numbers, offer: BillableOffer): Promise<OfferNumbers> {
  const { wallet, modelId, price } = offer;
  const found = {
    provider: await numbers.wallet(wallet),
    model: await numbers.model(modelId),
    price: await numbers.price(price),
  };
  let ofLedger = known.get(numbers);
  if (ofLedger === undefined) known.set(numbers, (ofLedger = new WeakMap()));
  ofLedger.set(offer, found);
  return found;
}
