// The addresses of a router, its users and its providers, derived as the program derives them.
import type { Address } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS, findAssociatedTokenPda } from "@solana-program/token";
import { findAuthorityPda } from "./generated/pdas/authority.ts";
import { findConfigPda } from "./generated/pdas/config.ts";
import { findEscrowPda } from "./generated/pdas/escrow.ts";
import { findProviderPda } from "./generated/pdas/provider.ts";
import { findVaultPda } from "./generated/pdas/vault.ts";

/**
 * Where a router is: the address of its config, and the deployment of the program that it belongs to, of which each
 * cluster has its own. A config that was read is such a place.
 */
export interface RouterPlace {
  readonly address: Address;
  readonly programAddress: Address;
}

/** What a router's place follows from. */
export interface RouterSeeds {
  readonly programAddress: Address;
  readonly routerId: Address;
}

/** A router's own addresses. */
export interface RouterAddresses {
  readonly config: Address;
  readonly vault: Address;
  readonly vaultAuthority: Address;
}

/** Where a router is, whether it was opened or not: what every other address of it is derived from. */
export async function routerPlace({ programAddress, routerId }: RouterSeeds): Promise<RouterPlace> {
  const [address] = await findConfigPda({ routerId }, { programAddress });
  return { address, programAddress };
}

/** Where a router keeps everybody's tokens. */
export async function vaultAddress({ address, programAddress }: RouterPlace): Promise<Address> {
  return (await findVaultPda({ config: address }, { programAddress }))[0];
}

/** The owner of a router's vault, for which only the program signs. */
export async function vaultAuthorityAddress({ address, programAddress }: RouterPlace): Promise<Address> {
  return (await findAuthorityPda({ config: address }, { programAddress }))[0];
}

/** All addresses of a router. */
export async function routerAddresses(seeds: RouterSeeds): Promise<RouterAddresses> {
  const router = await routerPlace(seeds);
  const [vault, vaultAuthority] = await Promise.all([vaultAddress(router), vaultAuthorityAddress(router)]);
  return { config: router.address, vault, vaultAuthority };
}

/** Where a user's escrow at a router is, whether it was opened or not. */
export async function escrowAddress({ address, programAddress }: RouterPlace, user: Address): Promise<Address> {
  return (await findEscrowPda({ config: address, user }, { programAddress }))[0];
}

/** Where a provider's account at a router is, whether it was registered or not. */
export async function providerAddress({ address, programAddress }: RouterPlace, owner: Address): Promise<Address> {
  return (await findProviderPda({ config: address, owner }, { programAddress }))[0];
}

/** The associated token account: what is paid to it is surely its owner's while it belongs to its owner. */
export async function associatedTokenAddress(seeds: {
  readonly owner: Address;
  readonly mint: Address;
}): Promise<Address> {
  return (await findAssociatedTokenPda({ ...seeds, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
}
