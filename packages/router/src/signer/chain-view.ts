// What the signer reads of the chain: the router, the time and the accounts in question, all at one slot.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import {
  CLOCK_ADDRESS,
  SNAPSHOT_ACCOUNTS_MAX,
  fetchSnapshot,
  readClock,
} from "@aimo-network/escrow/accounts/fetch-accounts";
import type { ChainMoment, Snapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import { readConfig, readEscrow, readProvider } from "@aimo-network/escrow/accounts/read-account";
import type { AccountReading, Held } from "@aimo-network/escrow/accounts/read-account";
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Config } from "@aimo-network/escrow/generated/accounts/config";
import type { Escrow } from "@aimo-network/escrow/generated/accounts/escrow";
import type { Provider } from "@aimo-network/escrow/generated/accounts/provider";
import type { Address, Rpc, SolanaRpcApi } from "@solana/kit";
import { BEHIND_REST_MS, BEHIND_TRIES_MAX } from "./limits.ts";
import { refusal } from "./refuse.ts";

/** The signer's own way to the chain, and which router it signs for. */
export interface ChainSource {
  readonly clock: Clock;
  readonly rpc: Rpc<SolanaRpcApi>;
  readonly place: RouterPlace;
}

/** The chain at one slot, as far as it was asked for. */
export interface ChainView {
  readonly slot: bigint;
  readonly now: ChainMoment;
  readonly router: Held<Config>;
  account(address: Address): AccountReading;
  escrow(address: Address): Held<Escrow> | undefined;
  provider(address: Address): Held<Provider> | undefined;
}

/** Reads accounts not before a slot; behind one URL there may be many nodes, some a little behind the others. */
async function readNotBefore(
  { clock, rpc }: ChainSource,
  addresses: readonly Address[],
  notBefore: bigint,
): Promise<Snapshot> {
  const since = notBefore === 0n ? {} : { minContextSlot: notBefore };
  for (let tries = 1; ; tries += 1) {
    try {
      return await fetchSnapshot(rpc, addresses, { commitment: "confirmed", ...since });
    } catch (error) {
      const mayBeBehind = notBefore > 0n && isAimoError(error, "chain_unavailable");
      if (!mayBeBehind || tries >= BEHIND_TRIES_MAX) throw error;
      await sleep(clock, BEHIND_REST_MS);
    }
  }
}

/** Reads the router with up to 98 further accounts, not before a slot if one is given. */
export async function viewChain(
  source: ChainSource,
  addresses: readonly Address[],
  notBefore = 0n,
): Promise<ChainView> {
  const { place } = source;
  const asked = [...new Set([CLOCK_ADDRESS, place.address, ...addresses])];
  const { slot, accounts } = await readNotBefore(source, asked, notBefore);
  const byAddress = new Map(accounts.map((account) => [account.address, account]));
  const account = (address: Address): AccountReading => {
    const found = byAddress.get(address);
    assert(found !== undefined, "only accounts that were asked for are looked at");
    return found;
  };
  const router = readConfig(account(place.address), place.programAddress);
  if (router === undefined) {
    throw refusal("router_unknown", { expected: `an open router at ${place.address}`, found: "none" });
  }
  return {
    slot,
    now: readClock(account(CLOCK_ADDRESS)),
    router,
    account,
    escrow: (address) => readEscrow(account(address), place),
    provider: (address) => readProvider(account(address), place),
  };
}

/** Escrows, and the latest slot that one of them was read at; one that is undefined is closed. */
export interface EscrowsView {
  readonly slot: bigint;
  readonly escrows: ReadonlyMap<Address, Escrow | undefined>;
}

/** Reads any number of escrows, not before a slot. */
export async function viewEscrows(
  source: ChainSource,
  addresses: readonly Address[],
  notBefore: bigint,
): Promise<EscrowsView> {
  let latest = notBefore;
  const escrows = new Map<Address, Escrow | undefined>();
  for (let start = 0; start < addresses.length; start += SNAPSHOT_ACCOUNTS_MAX) {
    const some = addresses.slice(start, start + SNAPSHOT_ACCOUNTS_MAX);
    const { slot, accounts } = await readNotBefore(source, some, latest);
    if (slot > latest) latest = slot;
    for (const account of accounts) escrows.set(account.address, readEscrow(account, source.place)?.data);
  }
  return { slot: latest, escrows };
}
