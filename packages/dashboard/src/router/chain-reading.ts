// What the chain says about this router, read by this browser and by no router.
import type { Announced } from "@aimo-network/escrow/accounts/config-facts";
import type { Cluster } from "@aimo-network/escrow/clusters";
import { ConsoleFault } from "../api/fault-words.ts";
import { loadChain } from "../signing/chain-place.ts";
import type { Chain } from "../signing/chain-place.ts";

/** A router's terms: amounts in micro-USDC, durations in seconds, the fee in hundredths of a percent. */
export interface Terms {
  readonly feeBps: bigint;
  readonly minDeposit: bigint;
  readonly userExitDelay: bigint;
  readonly providerExitDelay: bigint;
  readonly allowanceNotice: bigint;
}

/** What the program owes and the vault holds, in micro-USDC. */
export interface VaultFacts {
  /** Undefined where there is no token account at the vault's address. */
  readonly held: bigint | undefined;
  readonly users: bigint;
  readonly providers: bigint;
  readonly fees: bigint;
}

/** A router as its account on the chain has it, at one slot. */
export interface ChainReading extends VaultFacts {
  /** The URL of the node that was asked. */
  readonly rpcUrl: string;
  readonly cluster: Cluster | undefined;
  readonly slot: bigint;
  /** The chain's clock, seconds since 1970. */
  readonly time: bigint;
  readonly programId: string;
  readonly config: string;
  readonly vault: string;
  readonly mint: string;
  readonly url: string;
  readonly batches: bigint;
  readonly terms: Terms;
  /** Terms that are announced. */
  readonly pending: Announced<Terms> | undefined;
  /** Until when kinds of acts are paused, in seconds since 1970. */
  readonly pauses: readonly { readonly kind: string; readonly until: bigint }[];
}

async function read(chain: Chain): Promise<ChainReading> {
  const [{ fetchRouter }, { PAUSE_KINDS, pauseState, pendingParams }] = await Promise.all([
    import("@aimo-network/escrow/accounts/views"),
    import("@aimo-network/escrow/accounts/config-facts"),
  ]);
  const view = await fetchRouter(chain.rpc, chain.place, { commitment: "confirmed" });
  if (view === undefined) {
    throw new ConsoleFault(
      `The chain that ${chain.rpcUrl} belongs to has no router at ${chain.place.address}.`,
      "The node may be of another Solana than the router's: choose another below.",
    );
  }
  const { now, vault, router } = view;
  const { data } = router;
  return {
    rpcUrl: chain.rpcUrl,
    cluster: chain.cluster,
    slot: now.slot,
    time: now.time,
    programId: router.programAddress,
    config: router.address,
    vault: vault.address,
    mint: data.mint,
    url: data.url,
    batches: data.batchCount,
    held: vault.token?.amount,
    users: data.totalUser,
    providers: data.totalProvider,
    fees: data.feeAccrued,
    terms: data.params,
    pending: pendingParams(data, now.time),
    pauses: PAUSE_KINDS.flatMap((kind) => {
      const { isPaused, until } = pauseState(data, kind, now.time);
      return isPaused ? [{ kind, until }] : [];
    }),
  };
}

/** Reads it; throws `ConsoleFault` where that is not possible, with what to do. */
export async function readChain(): Promise<ChainReading> {
  return read(await loadChain());
}
