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

/** The numbers of an offer; throws `ledger_unavailable` where one must be asked for and nobody answers. */
export async function numbersOf(numbers: Numbers, { wallet, modelId, price }: BillableOffer): Promise<OfferNumbers> {
  return {
    provider: await numbers.wallet(wallet),
    model: await numbers.model(modelId),
    price: await numbers.price(price),
  };
}
