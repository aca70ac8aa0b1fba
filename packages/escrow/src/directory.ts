// The public directory of routers: every router's config, found on any node without asking the routers.
import type { Account, Address, GetMultipleAccountsApi, GetProgramAccountsApi, Rpc } from "@solana/kit";
import { isAimoError } from "@aimo-network/protocol/errors";
import { fetchSnapshot, searchProgram } from "./accounts/fetch-accounts.ts";
import type { ReadOptions } from "./accounts/fetch-accounts.ts";
import { ACCOUNT_KINDS, readConfig } from "./accounts/read-account.ts";
import type { AccountReading } from "./accounts/read-account.ts";
import { routerPlace } from "./addresses.ts";
import type { RouterSeeds } from "./addresses.ts";
import type { Config } from "./generated/accounts/config.ts";

/** Anybody may open a router, so a list without an end would be somebody's to fill. */
export const ROUTERS_MAX = 1_000;

/** Routers, the busiest first. */
export interface RouterDirectory {
  readonly slot: bigint;
  readonly routers: readonly Account<Config>[];
  /** Configs of versions that this client does not read. */
  readonly unread: number;
  /** Routers left out because there are more than were asked for. */
  readonly omitted: number;
}

/** Which routers to list. */
export interface DirectoryOptions extends ReadOptions {
  /** Only those of this mint. */
  readonly mint?: Address;
  readonly routersMax?: number;
}

/** A config this client reads; undefined for other versions. */
function readKnown(account: AccountReading, programAddress: Address): Account<Config> | undefined {
  try {
    return readConfig(account, programAddress);
  } catch (error) {
    const isForeign = isAimoError(error, "escrow_refused");
    if (isForeign && ["BadVersion", "BadDiscriminator"].includes(error.context.name)) return undefined;
    throw error;
  }
}

function byBatches(one: Account<Config>, other: Account<Config>): number {
  if (one.data.batchCount === other.data.batchCount) return one.address < other.address ? -1 : 1;
  return one.data.batchCount > other.data.batchCount ? -1 : 1;
}

/** Lists a deployment's routers: their ids, URLs, params and mints as the chain has them. What a URL leads to, nobody vouches for. */
export async function listRouters(
  rpc: Rpc<GetProgramAccountsApi>,
  programAddress: Address,
  options: DirectoryOptions = {},
): Promise<RouterDirectory> {
  const { mint, routersMax = ROUTERS_MAX, ...readOptions } = options;
  const kind = { offset: 0n, bytes: Uint8Array.of(ACCOUNT_KINDS.config) };
  const { slot, accounts } = await searchProgram(rpc, programAddress, [kind], readOptions);
  const known = accounts.map((account) => readKnown(account, programAddress)).filter((router) => router !== undefined);
  const wanted = known.filter(({ data }) => mint === undefined || data.mint === mint).toSorted(byBatches);
  return {
    slot,
    routers: wanted.slice(0, routersMax),
    unread: accounts.length - known.length,
    omitted: Math.max(wanted.length - routersMax, 0),
  };
}

/** Finds a deployment's router by its id; undefined where there is none. */
export async function findRouter(
  rpc: Rpc<GetMultipleAccountsApi>,
  seeds: RouterSeeds,
  options: ReadOptions = {},
): Promise<Account<Config> | undefined> {
  const { address, programAddress } = await routerPlace(seeds);
  const { accounts } = await fetchSnapshot(rpc, [address], options);
  const [found] = accounts;
  return found === undefined ? undefined : readConfig(found, programAddress);
}
