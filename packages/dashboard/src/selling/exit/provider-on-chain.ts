// A provider as the chain has it: read from a Solana node by this browser, without the router's word.
import { useQuery } from "@tanstack/react-query";
import type { UseQueryResult } from "@tanstack/react-query";
import { systemClock } from "@aimo-network/protocol/clock";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { ProviderView } from "@aimo-network/escrow/accounts/views";
import type { Address } from "@solana/kit";
import { ConsoleFault } from "../../api/fault-words.ts";
import { loadChain } from "../../signing/chain-place.ts";
import type { Chain } from "../../signing/chain-place.ts";
import { CHAIN_REFRESH_MS, DUE_REFRESH_MS } from "../limits.ts";
import { secondsUntil } from "./countdown.ts";

/** An exit that was requested; moments are the chain's seconds. */
export interface RequestedExit {
  readonly amount: MicroUsdc;
  readonly requestedAt: bigint;
  readonly deadline: bigint;
}

/** What a registered provider has there. */
export interface RegisteredProvider {
  readonly claimable: MicroUsdc;
  readonly withdrawn: bigint;
  /** Where it is paid now. */
  readonly payout: Address;
  readonly pendingPayout: { readonly payout: Address; readonly at: bigint } | undefined;
  readonly exit: RequestedExit | undefined;
  /** What the payout account holds; undefined where it is not open. */
  readonly payoutBalance: MicroUsdc | undefined;
}

/** A provider, its wallet and the router's delay, at one slot. */
export interface ProviderOnChain {
  /** Undefined where the router has never settled anything for it. */
  readonly provider: RegisteredProvider | undefined;
  /** The wallet's own USDC account. */
  readonly own: Address;
  /** What the wallet has to pay fees with, in lamports. */
  readonly lamports: bigint;
  /** Seconds between a request and its payment. */
  readonly delay: bigint;
  /** The chain's time when it was read, and this machine's at the same moment. */
  readonly chainSeconds: bigint;
  readonly readAtMs: number;
}

/** Reads what acts are composed from; throws `ConsoleFault` where the node has no such router. */
export async function readProviderView(chain: Chain, wallet: string): Promise<ProviderView> {
  const { fetchProvider } = await import("@aimo-network/escrow/accounts/views");
  const who = { router: chain.place, owner: wallet as Address };
  const view = await fetchProvider(chain.rpc, who, { commitment: "confirmed" });
  if (view !== undefined) return view;
  throw new ConsoleFault(
    `The chain at ${new URL(chain.rpcUrl).origin} has no router ${chain.routerId}.`,
    "It may be the node of another cluster: choose another one in the wallet's menu.",
  );
}

async function readRegistered(chain: Chain, view: ProviderView): Promise<RegisteredProvider | undefined> {
  const { provider, now } = view;
  if (provider === undefined) return undefined;
  const [
    { claimable, exitPayment, payoutInForce, pendingPayout },
    { exitOf },
    { fetchSnapshot },
    { readTokenAccount },
  ] = await Promise.all([
    import("@aimo-network/escrow/accounts/provider-facts"),
    import("@aimo-network/escrow/accounts/escrow-facts"),
    import("@aimo-network/escrow/accounts/fetch-accounts"),
    import("@aimo-network/escrow/accounts/token-account"),
  ]);
  const { data } = provider;
  const payout = payoutInForce(data, now.time);
  const exit = exitOf(data, now.time);
  const { accounts } = await fetchSnapshot(chain.rpc, [payout], { commitment: "confirmed" });
  const [account] = accounts;
  const token = account && readTokenAccount(account).token;
  return {
    claimable: claimable(data),
    withdrawn: data.withdrawnTotal,
    payout,
    pendingPayout: pendingPayout(data, now.time),
    exit: exit && { amount: exitPayment(data), requestedAt: exit.requestedAt, deadline: exit.deadline },
    payoutBalance: token?.amount as MicroUsdc | undefined,
  };
}

/** Reads all of it. */
async function readOnChain(wallet: string): Promise<ProviderOnChain> {
  const chain = await loadChain();
  const { associatedTokenAddress } = await import("@aimo-network/escrow/addresses");
  const owner = wallet as Address;
  const [view, { value: lamports }, own] = await Promise.all([
    readProviderView(chain, wallet),
    chain.rpc.getBalance(owner, { commitment: "confirmed" }).send(),
    associatedTokenAddress({ owner, mint: chain.mint }),
  ]);
  return {
    provider: await readRegistered(chain, view),
    own,
    lamports,
    delay: view.router.data.params.providerExitDelay,
    chainSeconds: view.now.time,
    readAtMs: systemClock.now(),
  };
}

/** Whether the time of an exit, or of a change of the payout account, should have come, and the chain has not said so yet. */
function isDueAnyMoment(read: ProviderOnChain | undefined, nowMs: number): boolean {
  const { exit, pendingPayout } = read?.provider ?? {};
  const moments = [exit?.deadline, pendingPayout?.at].filter((at) => at !== undefined);
  return read !== undefined && moments.some((at) => at > read.chainSeconds && secondsUntil(at, read, nowMs) <= 1n);
}

/** What the chain says, asked again while it is shown; it needs no router. */
export function useProviderOnChain(wallet: string): UseQueryResult<ProviderOnChain> {
  return useQuery({
    queryKey: ["earnings", "chain", wallet],
    queryFn: () => readOnChain(wallet),
    refetchInterval: ({ state: { data } }) =>
      isDueAnyMoment(data, systemClock.now()) ? DUE_REFRESH_MS : CHAIN_REFRESH_MS,
    structuralSharing: false, // it holds bigints
    retry: false, // it is asked again soon, and a fault here says what to do
  });
}
