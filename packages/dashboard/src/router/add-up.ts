// Every account of a router on the chain added up: what no router can invent.
import { formatMicroUsdc, microUsdc } from "@aimo-network/protocol/money";
import { loadChain } from "../signing/chain-place.ts";

/** Accounts that were added up; amounts are decimals in USDC. */
export interface AddedUp {
  readonly users: number;
  readonly usersHave: string;
  readonly providers: number;
  readonly providersHave: string;
  readonly slot: bigint;
}

/** Reads all escrows and all providers of the router and adds up what they have. */
export async function addUpAccounts(): Promise<AddedUp> {
  const { rpc, place } = await loadChain();
  const [{ listEscrows, listProviders }, { claimable }] = await Promise.all([
    import("@aimo-network/escrow/accounts/ledger-accounts"),
    import("@aimo-network/escrow/accounts/provider-facts"),
  ]);
  const how = { commitment: "confirmed" } as const;
  const [escrows, providers] = await Promise.all([listEscrows(rpc, place, how), listProviders(rpc, place, how)]);
  const usersHave = escrows.accounts.reduce((sum, { data }) => sum + data.balance, 0n);
  const providersHave = providers.accounts.reduce((sum, { data }) => sum + claimable(data), 0n);
  return {
    users: escrows.accounts.length,
    usersHave: formatMicroUsdc(microUsdc(usersHave)),
    providers: providers.accounts.length,
    providersHave: formatMicroUsdc(microUsdc(providersHave)),
    slot: escrows.slot < providers.slot ? escrows.slot : providers.slot,
  };
}
