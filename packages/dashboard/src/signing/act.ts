// Acts on the chain: what a page asks to have signed, and what it gets.
import type { TransactionWish } from "@aimo-network/escrow/wish/differences";
import type { Chain } from "./chain-place.ts";

/** A transaction that was made, and what it is to be held against. */
export interface MadeTransaction {
  readonly bytes: Uint8Array;
  readonly wish: TransactionWish;
  /** Absent where nobody but a router has said it. */
  readonly lastValidBlockHeight?: bigint;
}

/** Something that a person does by signing a transaction. */
export interface Act {
  /** `Deposit 5 USDC` */
  readonly title: string;
  /** Gives the transaction, composed by the router or in the browser; asked again where the person tries again. */
  make(chain: Chain): Promise<MadeTransaction>;
  /** Hands in what was signed, at a place of the router; by the Solana node where it is absent. */
  submit?(signed: Uint8Array): Promise<{ readonly signature: string }>;
}

/** An act that the chain has confirmed. */
export interface Landed {
  readonly signature: string;
  /** Undefined where no explorer knows the chain. */
  readonly explorerUrl: string | undefined;
}
