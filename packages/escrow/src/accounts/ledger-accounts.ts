// Many escrows and providers of a router at once: those of a batch, and all there are.
import type { Account, Address, GetMultipleAccountsApi, GetProgramAccountsApi, Rpc } from "@solana/kit";
import type { RouterPlace } from "../addresses.ts";
import type { Escrow } from "../generated/accounts/escrow.ts";
import type { Provider } from "../generated/accounts/provider.ts";
import { SNAPSHOT_ACCOUNTS_MAX, fetchSnapshot, keyFilter, searchProgram } from "./fetch-accounts.ts";
import type { DataFilter, ReadOptions } from "./fetch-accounts.ts";
import { ACCOUNT_KINDS, ACCOUNT_VERSION, readEscrow, readProvider } from "./read-account.ts";
import type { AccountReading } from "./read-account.ts";

/** Ledger accounts by their addresses; an escrow or provider that is not there was closed or never opened. */
export interface LedgerAccounts {
  /** The program that all of them belonged to when they were read. */
  readonly programAddress: Address;
  readonly escrows: ReadonlyMap<Address, Escrow>;
  readonly providers: ReadonlyMap<Address, Provider>;
}

/** Ledger accounts, and the slot that all of them are at least as new as. */
export interface LedgerView extends LedgerAccounts {
  readonly slot: bigint;
}

const CONFIG_OFFSET = 8n;

function kindFilter(kind: keyof typeof ACCOUNT_KINDS): DataFilter {
  return { offset: 0n, bytes: Uint8Array.of(ACCOUNT_KINDS[kind], ACCOUNT_VERSION) };
}

/** Reads the accounts of a batch: a hundred at one slot, more in several calls. */
export async function fetchLedger(
  rpc: Rpc<GetMultipleAccountsApi>,
  wanted: {
    readonly router: RouterPlace;
    readonly escrows: readonly Address[];
    readonly providers: readonly Address[];
  },
  options: ReadOptions = {},
): Promise<LedgerView> {
  const addresses = [...new Set([...wanted.escrows, ...wanted.providers])];
  const isEscrow = new Set(wanted.escrows);
  const escrows = new Map<Address, Escrow>();
  const providers = new Map<Address, Provider>();
  let oldest: bigint | undefined;
  for (let start = 0; start < addresses.length; start += SNAPSHOT_ACCOUNTS_MAX) {
    const { slot, accounts } = await fetchSnapshot(rpc, addresses.slice(start, start + SNAPSHOT_ACCOUNTS_MAX), options);
    oldest = oldest === undefined || slot < oldest ? slot : oldest;
    for (const account of accounts) {
      if (isEscrow.has(account.address)) {
        const escrow = readEscrow(account, wanted.router);
        if (escrow !== undefined) escrows.set(account.address, escrow.data);
      } else {
        const provider = readProvider(account, wanted.router);
        if (provider !== undefined) providers.set(account.address, provider.data);
      }
    }
  }
  return { programAddress: wanted.router.programAddress, slot: oldest ?? 0n, escrows, providers };
}

async function listAll<State extends object>(
  rpc: Rpc<GetProgramAccountsApi>,
  router: RouterPlace,
  wanted: {
    readonly kind: "escrow" | "provider";
    readonly read: (account: AccountReading, router: RouterPlace) => Account<State> | undefined;
  },
  options: ReadOptions,
): Promise<{ slot: bigint; accounts: Account<State>[] }> {
  const filters = [kindFilter(wanted.kind), keyFilter(CONFIG_OFFSET, router.address)];
  const { slot, accounts } = await searchProgram(rpc, router.programAddress, filters, options);
  return {
    slot,
    accounts: accounts.flatMap((account) => {
      const found = wanted.read(account, router);
      return found === undefined ? [] : [found];
    }),
  };
}

/** Every escrow of a router. */
export async function listEscrows(
  rpc: Rpc<GetProgramAccountsApi>,
  router: RouterPlace,
  options: ReadOptions = {},
): Promise<{ readonly slot: bigint; readonly accounts: readonly Account<Escrow>[] }> {
  return listAll(rpc, router, { kind: "escrow", read: readEscrow }, options);
}

/** Every provider of a router. */
export async function listProviders(
  rpc: Rpc<GetProgramAccountsApi>,
  router: RouterPlace,
  options: ReadOptions = {},
): Promise<{ readonly slot: bigint; readonly accounts: readonly Account<Provider>[] }> {
  return listAll(rpc, router, { kind: "provider", read: readProvider }, options);
}
