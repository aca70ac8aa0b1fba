// The addresses of a router, its users and its providers, derived as the program derives them.
import type { Address } from "@solana/kit";
import { TOKEN_PROGRAM_ADDRESS, findAssociatedTokenPda } from "@solana-program/token";
import { findAuthorityPda } from "./generated/pdas/authority.ts";
import { findConfigPda } from "./generated/pdas/config.ts";
import { findEscrowPda } from "./generated/pdas/escrow.ts";
import { findProviderPda } from "./generated/pdas/provider.ts";
import { findVaultPda } from "./generated/pdas/vault.ts";

/** A router's own addresses. */
export interface RouterAddresses {
  readonly config: Address;
  readonly vault: Address;
  readonly vaultAuthority: Address;
}

/** Where a router's config is: what every other address of the router is derived from. */
export async function configAddress(routerId: Address): Promise<Address> {
  return (await findConfigPda({ routerId }))[0];
}

/** All addresses of a router. */
export async function routerAddresses(routerId: Address): Promise<RouterAddresses> {
  const config = await configAddress(routerId);
  const [[vault], [vaultAuthority]] = await Promise.all([findVaultPda({ config }), findAuthorityPda({ config })]);
  return { config, vault, vaultAuthority };
}

/** Where a user's escrow at a router is, whether it was opened or not. */
export async function escrowAddress(seeds: { readonly config: Address; readonly user: Address }): Promise<Address> {
  return (await findEscrowPda(seeds))[0];
}

/** Where a provider's account at a router is, whether it was registered or not. */
export async function providerAddress(seeds: { readonly config: Address; readonly owner: Address }): Promise<Address> {
  return (await findProviderPda(seeds))[0];
}

/** The associated token account: what is paid to it is surely its owner's while it belongs to its owner. */
export async function associatedTokenAddress(seeds: {
  readonly owner: Address;
  readonly mint: Address;
}): Promise<Address> {
  return (await findAssociatedTokenPda({ ...seeds, tokenProgram: TOKEN_PROGRAM_ADDRESS }))[0];
}
