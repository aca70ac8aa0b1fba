// The router that a wish is about, and what addresses of it are called when a transaction is shown.
import type { Address } from "@solana/kit";
import type { RouterPlace } from "../addresses.ts";
import type { TransactionWish } from "./differences.ts";

/** A router that composes or co-signs transactions, as the person knows it. */
export interface WishRouter {
  readonly place: RouterPlace;
  readonly mint: Address;
  readonly routerId: string;
  /** Where it is reached. */
  readonly url: string;
}

/** What every wish says that is about a router and signed by one wallet alone. */
export function aboutRouter(
  { place, mint, routerId, url }: WishRouter,
  signer: Address,
): Omit<TransactionWish, "question" | "instructions"> {
  return {
    programAddress: place.programAddress,
    router: place.address,
    mint,
    signers: [signer],
    names: { [place.address]: `${routerId} (${url})` },
  };
}
