// Every key that a localnet's money moves with, in files that Solana's own tools read, but for the router's identity.
import { join } from "node:path";
import { readKeyFile } from "@aimo-network/escrow/deploy/key-file";
import type { Address, TransactionSigner } from "@solana/kit";
import { loadIdentity } from "aimo-router/src/identity.ts";
import { loadWallet } from "../wallets.ts";
import { walletSigner } from "@aimo-network/escrow/wallet-signer";

/** The keys; they are made at a network's first start. */
export interface MoneyKeys {
  /** Opens the router on the chain, once. */
  readonly routerId: TransactionSigner;
  /** The router signs batches with it. */
  readonly settler: Address;
  /** The router signs withdrawals with it. */
  readonly cosigner: Address;
  /** Admin, guardian and owner of the fees, in the operator's hands and not in the router's. */
  readonly operator: TransactionSigner;
  /** Makes the money, and pays for whatever the localnet sends. */
  readonly faucet: TransactionSigner;
  /** The address of the localnet's USDC. */
  readonly mint: TransactionSigner;
}

/** Reads them from a localnet's directory, or makes them there. */
export async function loadMoneyKeys(dataDirectory: string): Promise<MoneyKeys> {
  const router = join(dataDirectory, "router");
  loadIdentity(router); // makes the file where there is none
  const signer = (file: string): TransactionSigner => walletSigner(loadWallet(file));
  const wallets = join(dataDirectory, "wallets");
  return {
    routerId: await readKeyFile(join(router, "router-identity.json")),
    settler: signer(join(router, "settler.json")).address,
    cosigner: signer(join(router, "cosigner.json")).address,
    operator: signer(join(wallets, "operator.json")),
    faucet: signer(join(wallets, "faucet.json")),
    mint: signer(join(wallets, "mint.json")),
  };
}
