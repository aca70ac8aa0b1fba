// What a deployment needs of a chain, so that it is the same on a cluster, on a localnet and in a test.
import type { Address, Instruction, TransactionSigner } from "@solana/kit";

/** An account as it is now. */
export interface ChainAccount {
  readonly programAddress: Address;
  readonly lamports: bigint;
  readonly data: Uint8Array;
}

/** A chain and who pays there. */
export interface DeploymentChain {
  /** Pays fees and rent, and gets rent back. */
  readonly payer: TransactionSigner;
  /** Sends one transaction, signed by the payer and by whoever is a signer in its instructions; resolves when it is confirmed. */
  send(instructions: readonly Instruction[]): Promise<void>;
  getAccount(address: Address): Promise<ChainAccount | undefined>;
  /** The lamports that keep an account of this many bytes. */
  rentOf(bytes: bigint): Promise<bigint>;
}
