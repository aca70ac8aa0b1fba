// What a person does on the chain without the router's word: the steps, and what the transaction of them may hold.
import type { Address, Instruction } from "@solana/kit";
import type { RouterPlace } from "../addresses.ts";
import type { TransactionWish } from "./differences.ts";

/** What is to be done, and how it is told and checked. */
export interface ChainAct extends Pick<
  TransactionWish,
  "question" | "instructions" | "mint" | "mayOpen" | "isAnyDestination"
> {
  readonly steps: readonly Instruction[];
}

/** Where an act is done, and by whom. */
export interface ActScene {
  readonly place: RouterPlace;
  readonly routerId: string;
  /** Signs alone, and pays the fee. */
  readonly signer: Address;
}

/** What the transaction of an act is held against before it is signed. */
export function actWish({ steps: _steps, ...wish }: ChainAct, { place, routerId, signer }: ActScene): TransactionWish {
  const { programAddress, address: router } = place;
  return { programAddress, router, signers: [signer], names: { [router]: routerId }, ...wish };
}
