// Records as no test could bring them about in a reasonable time, such as a provider that earned nine billion dollars.
import type { Address } from "@solana/kit";
import { getConfigEncoder } from "../generated/accounts/config.ts";
import type { ConfigArgs } from "../generated/accounts/config.ts";
import { getEscrowEncoder } from "../generated/accounts/escrow.ts";
import type { EscrowArgs } from "../generated/accounts/escrow.ts";
import { getProviderEncoder } from "../generated/accounts/provider.ts";
import type { ProviderArgs } from "../generated/accounts/provider.ts";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "../generated/programs/aimoEscrow.ts";
import type { RouterBed } from "./router-bed.ts";

/** The most that any amount may be. */
export const AMOUNT_MAX = 2n ** 53n;

/** Changes fields of a router's config. */
export function plantConfig(bed: RouterBed, changes: Partial<ConfigArgs>): void {
  const data = getConfigEncoder().encode({ ...bed.readConfig(), ...changes });
  bed.chain.plant(bed.config, AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(data));
}

/** Changes fields of a user's escrow. */
export function plantEscrow(bed: RouterBed, user: Address, changes: Partial<EscrowArgs>): void {
  const data = getEscrowEncoder().encode({ ...bed.readEscrow(user), ...changes });
  bed.chain.plant(bed.escrowOf(user), AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(data));
}

/** Changes fields of a provider. */
export function plantProvider(bed: RouterBed, owner: Address, changes: Partial<ProviderArgs>): void {
  const data = getProviderEncoder().encode({ ...bed.readProvider(owner), ...changes });
  bed.chain.plant(bed.providerOf(owner), AIMO_ESCROW_PROGRAM_ADDRESS, Uint8Array.from(data));
}
