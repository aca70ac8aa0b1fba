// Where a payout goes: to the associated token account, which is made where it is missing, or to one that was read.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { getCreateAssociatedTokenIdempotentInstruction } from "@solana-program/token";
import type { TokenReading } from "../accounts/token-account.ts";
import { associatedTokenAddress } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import { insistOnDestination } from "./requirements.ts";

/** Where a payout goes, and what has to be done first so that it can. */
export interface Payee {
  readonly destination: Address;
  readonly preparations: readonly Instruction[];
}

/** The owner's associated token account, which closes nobody out: whoever pays the fee opens it where it is missing. */
export async function associatedPayee(payer: TransactionSigner, config: Config, owner: Address): Promise<Payee> {
  const { mint } = config;
  const destination = await associatedTokenAddress({ owner, mint });
  const create = getCreateAssociatedTokenIdempotentInstruction({ payer, owner, mint, ata: destination });
  return { destination, preparations: [create] };
}

/** A token account that was read, or the owner's associated one where none is named. */
export async function payeeOf(
  payer: TransactionSigner,
  config: Config,
  owner: Address,
  destination: TokenReading | undefined,
): Promise<Payee> {
  if (destination === undefined) return associatedPayee(payer, config, owner);
  insistOnDestination(config, destination);
  return { destination: destination.address, preparations: [] };
}
