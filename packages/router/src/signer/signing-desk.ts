// What every kind of signing has at hand: the ledger, the chain, the keys, what a transaction may cost, what was signed.
import { writtenBy } from "@aimo-network/escrow/written-accounts";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { Address, Instruction, TransactionPartialSigner } from "@solana/kit";
import type { Database } from "../ledger/database/database.ts";
import type { ChainSource } from "./chain-view.ts";
import { BLOCKHASH_BLOCKS } from "./limits.ts";
import type { OwnTables } from "./own-tables.ts";
import type { Lifetime } from "./transaction.ts";

/** A key of the router; its bytes stay with whoever reads the file. */
export type SigningKey = TransactionPartialSigner;

/** The keys that sign. */
export interface SigningKeys {
  readonly settler: SigningKey;
  readonly cosigner: SigningKey;
}

/** The signer's own bounds, whatever the router and the chain allow. */
export interface SigningBounds {
  /** What may be settled in a window; undefined where the chain's own cap is enough. */
  readonly windowMax: MicroUsdc | undefined;
  /** Owed to a provider before its account is opened at this router's expense. */
  readonly sponsorMin: MicroUsdc;
  /** Micro-lamports for a compute unit. */
  readonly priorityFeeMax: bigint;
}

/** What signing needs from outside. */
export interface SigningDeps extends ChainSource {
  readonly database: Pick<Database, "transaction">;
  readonly keys: SigningKeys;
  /** Micro-lamports for a compute unit that were enough lately for whoever wrote these accounts. */
  priorityFee(written: readonly Address[]): Promise<bigint>;
}

/** All that signing needs, with the bounds and the tables. */
export interface SigningDesk extends SigningDeps {
  readonly bounds: SigningBounds;
  readonly tables: OwnTables;
}

/** A moment of the chain: what may be signed with, and what is dead by now. */
export interface SigningMoment {
  readonly slot: bigint;
  readonly lifetime: Lifetime;
  /** How many blocks there are: what was good until an earlier one can never land any more. */
  readonly blockHeight: bigint;
}

/** A fresh blockhash that will hardly be left behind; asked for first, so that what is read later is not older. */
export async function signingMoment({ rpc }: Pick<SigningDesk, "rpc">): Promise<SigningMoment> {
  const { context, value } = await rpc.getLatestBlockhash({ commitment: "confirmed" }).send();
  return { slot: context.slot, lifetime: value, blockHeight: value.lastValidBlockHeight - BLOCKHASH_BLOCKS };
}

/** What is offered for a compute unit: never more than the signer's own bound, whatever nodes say. */
export async function boundedPrice(
  { priorityFee, bounds }: Pick<SigningDesk, "priorityFee" | "bounds">,
  instructions: readonly Instruction[],
): Promise<bigint> {
  const fee = await priorityFee(writtenBy(instructions));
  if (fee < 0n) return 0n;
  return fee < bounds.priorityFeeMax ? fee : bounds.priorityFeeMax;
}
