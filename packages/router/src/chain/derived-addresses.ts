// The accounts that follow from wallets: derived by hashing, which takes a while, and asked for again and again.
import { escrowAddress, providerAddress } from "@aimo-network/escrow/addresses";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import { address } from "@solana/kit";
import type { Address } from "@solana/kit";
import { LRUCache } from "lru-cache";
import { ADDRESSES_DERIVED_MAX } from "./limits.ts";

/** The accounts of a router's users and providers, by wallets in base58; those of busy wallets are remembered. */
export interface DerivedAddresses {
  escrowOf(wallet: string): Promise<Address>;
  providerOf(wallet: string): Promise<Address>;
}

function remembered(find: (wallet: Address) => Promise<Address>): (wallet: string) => Promise<Address> {
  const known = new LRUCache<string, Address>({ max: ADDRESSES_DERIVED_MAX });
  return async (wallet) => {
    const found = known.get(wallet) ?? (await find(address(wallet)));
    known.set(wallet, found);
    return found;
  };
}

/** Derives the accounts at a router. */
export function createDerivedAddresses(router: RouterPlace): DerivedAddresses {
  return {
    escrowOf: remembered((wallet) => escrowAddress(router, wallet)),
    providerOf: remembered((wallet) => providerAddress(router, wallet)),
  };
}
