// Everything a decision about a router, a user or a provider needs, read at one slot: state, vault and the chain's time.
import type { Account, Address, GetMultipleAccountsApi, Rpc } from "@solana/kit";
import { associatedTokenAddress, escrowAddress, providerAddress, vaultAddress } from "../addresses.ts";
import type { RouterPlace } from "../addresses.ts";
import type { Config } from "../generated/accounts/config.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { CLOCK_ADDRESS, fetchSnapshot, readClock } from "./fetch-accounts.ts";
import type { ChainMoment, ReadOptions } from "./fetch-accounts.ts";
import { readConfig, readEscrow, readProvider } from "./read-account.ts";
import type { AccountReading } from "./read-account.ts";
import { readTokenAccount } from "./token-account.ts";
import type { TokenReading } from "./token-account.ts";

/** A router at one slot. */
export interface RouterView {
  readonly now: ChainMoment;
  readonly router: Account<Config>;
  readonly vault: TokenReading;
}

/** A user at a router; `escrow` is undefined where none is open, and `tokens` what the user could deposit. */
export interface UserView extends RouterView {
  readonly escrow: Account<Escrow> | undefined;
  readonly escrowAddress: Address;
  readonly tokens: TokenReading;
}

/** A provider at a router; `provider` is undefined where none is registered. */
export interface ProviderView extends RouterView {
  readonly provider: Account<Provider> | undefined;
  readonly providerAddress: Address;
}

async function fetchWithRouter(
  rpc: Rpc<GetMultipleAccountsApi>,
  place: RouterPlace,
  others: readonly Address[],
  options: ReadOptions,
): Promise<{ view: RouterView; rest: readonly AccountReading[] } | undefined> {
  const addresses = [CLOCK_ADDRESS, place.address, await vaultAddress(place), ...others];
  const { accounts } = await fetchSnapshot(rpc, addresses, options);
  const [clock, router, vault, ...rest] = accounts;
  if (clock === undefined || router === undefined || vault === undefined) return undefined;
  const read = readConfig(router, place.programAddress);
  if (read === undefined) return undefined;
  return { view: { now: readClock(clock), router: read, vault: readTokenAccount(vault) }, rest };
}

/** Reads a router; undefined where there is none. */
export async function fetchRouter(
  rpc: Rpc<GetMultipleAccountsApi>,
  router: RouterPlace,
  options: ReadOptions = {},
): Promise<RouterView | undefined> {
  return (await fetchWithRouter(rpc, router, [], options))?.view;
}

/** Reads a user at a router; undefined where there is no such router. */
export async function fetchUser(
  rpc: Rpc<GetMultipleAccountsApi>,
  who: { readonly router: RouterPlace; readonly mint: Address; readonly user: Address },
  options: ReadOptions = {},
): Promise<UserView | undefined> {
  const { router, mint, user } = who;
  const address = await escrowAddress(router, user);
  const associated = await associatedTokenAddress({ owner: user, mint });
  const found = await fetchWithRouter(rpc, router, [address, associated], options);
  const [escrow, tokens] = found?.rest ?? [];
  if (found === undefined || escrow === undefined || tokens === undefined) return undefined;
  return {
    ...found.view,
    escrow: readEscrow(escrow, router),
    escrowAddress: address,
    tokens: readTokenAccount(tokens),
  };
}

/** Reads a provider at a router; undefined where there is no such router. */
export async function fetchProvider(
  rpc: Rpc<GetMultipleAccountsApi>,
  who: { readonly router: RouterPlace; readonly owner: Address },
  options: ReadOptions = {},
): Promise<ProviderView | undefined> {
  const address = await providerAddress(who.router, who.owner);
  const found = await fetchWithRouter(rpc, who.router, [address], options);
  const [provider] = found?.rest ?? [];
  if (found === undefined || provider === undefined) return undefined;
  return { ...found.view, provider: readProvider(provider, who.router), providerAddress: address };
}
