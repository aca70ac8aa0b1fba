// What the chain says of the router itself, for anybody who asks: its terms, and whether its vault covers what it owes.
import { solvency } from "@aimo-network/escrow/accounts/config-facts";
import { fetchRouter } from "@aimo-network/escrow/accounts/views";
import type { RouterView } from "@aimo-network/escrow/accounts/views";
import { routerPlace } from "@aimo-network/escrow/addresses";
import { networkName } from "@aimo-network/escrow/clusters";
import { within } from "@aimo-network/protocol/clock";
import type { Clock } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import type { GetGenesisHashApi, GetMultipleAccountsApi, Rpc } from "@solana/kit";
import type { ChainSettings } from "../chain-settings.ts";
import { publicRpcUrlOf } from "../public-rpc.ts";
import { ROUTER_FACTS_MS, ROUTER_TERMS_WAIT_MS } from "./limits.ts";

/** Where a router's accounts are. */
export interface RouterAccounts {
  readonly programId: string;
  readonly config: string;
  readonly vault: string;
  readonly mint: string;
}

/** The terms of a router; delays and notice in seconds. */
export interface RouterTerms extends RouterAccounts {
  /** Which Solana, as CAIP-2 names it; undefined while no node has said it. */
  readonly network: string | undefined;
  /** A node that anybody may ask; undefined where none is known that may be told. */
  readonly publicRpcUrl: string | undefined;
  readonly feeBps: bigint;
  readonly minDeposit: MicroUsdc;
  readonly userExitDelay: bigint;
  readonly providerExitDelay: bigint;
  readonly allowanceNotice: bigint;
  /** How sure the chain must be before the router believes it. */
  readonly commitment: "confirmed" | "finalized";
}

/** What the vault holds and what it owes, at one slot. */
export interface RouterSolvency extends RouterAccounts {
  readonly slot: bigint;
  /** The chain's clock, in seconds since 1970. */
  readonly time: bigint;
  readonly vaultAmount: MicroUsdc;
  readonly owedUsers: MicroUsdc;
  readonly owedProviders: MicroUsdc;
  readonly owedFees: MicroUsdc;
  readonly owed: MicroUsdc;
  readonly surplus: MicroUsdc;
  readonly shortfall: MicroUsdc;
}

/** What is told of a router. */
export interface RouterFacts {
  /** The terms as they were seen last; undefined while the chain has not answered. */
  terms(): Promise<RouterTerms | undefined>;
  solvency(): Promise<RouterSolvency>;
  /** The node of the terms by itself: it may be known before the router's accounts are. */
  publicRpcUrl(): Promise<string | undefined>;
}

/** What the facts are read with. */
export interface RouterFactsDeps {
  readonly clock: Clock;
  readonly rpc: Rpc<GetGenesisHashApi & GetMultipleAccountsApi>;
  readonly settings: Pick<ChainSettings, "programAddress" | "routerId" | "commitment" | "rpcUrls" | "publicRpcUrl">;
}

function accountsOf({ router }: RouterView): RouterAccounts {
  const { vault, mint } = router.data;
  return { programId: router.programAddress, config: router.address, vault, mint };
}

type OwnTerms = Pick<RouterTerms, "network" | "publicRpcUrl" | "commitment">;

function termsOf(view: RouterView, own: OwnTerms): RouterTerms {
  const { feeBps, minDeposit, userExitDelay, providerExitDelay, allowanceNotice } = view.router.data.params;
  const delays = { userExitDelay, providerExitDelay, allowanceNotice };
  return { ...accountsOf(view), feeBps, minDeposit: microUsdc(minDeposit), ...delays, ...own };
}

function solvencyOf(view: RouterView): RouterSolvency {
  const { data } = view.router;
  const { owed, held, surplus, shortfall } = solvency(data, view.vault.token?.amount ?? 0n);
  return {
    ...accountsOf(view),
    slot: view.now.slot,
    time: view.now.time,
    vaultAmount: held,
    owedUsers: microUsdc(data.totalUser),
    owedProviders: microUsdc(data.totalProvider),
    owedFees: microUsdc(data.feeAccrued),
    owed,
    surplus,
    shortfall,
  };
}

/** Creates the facts of a router; however many ask, the chain is asked once in a while. */
export function createRouterFacts({ clock, rpc, settings }: RouterFactsDeps): RouterFacts {
  const { commitment } = settings;
  let last: RouterView | undefined;
  let reading: Promise<RouterView> | undefined;
  let readUntilMs = -Infinity;
  let network: string | undefined;
  let naming: Promise<void> | undefined;
  const askNetwork = async (): Promise<void> => {
    network = networkName(await rpc.getGenesisHash().send());
  };
  const fetchView = async (): Promise<RouterView> => {
    const view = await fetchRouter(rpc, await routerPlace(settings), { commitment });
    if (view === undefined) {
      const cause = new Error("expected an open router on the chain, found none");
      throw new AimoError("chain_unavailable", {}, { cause });
    }
    last = view;
    return view;
  };
  const read = (): Promise<RouterView> => {
    if (reading === undefined || clock.monotonic() >= readUntilMs) {
      readUntilMs = clock.monotonic() + ROUTER_FACTS_MS;
      reading = fetchView();
      if (network === undefined) naming = askNetwork().catch(() => undefined); // asked again with the next view
    }
    return reading;
  };
  return {
    async terms() {
      const view = read().catch(() => undefined); // a router says who it is also while its chain is away
      const [fresh] = await Promise.all([
        within(clock, ROUTER_TERMS_WAIT_MS, view),
        naming && within(clock, ROUTER_TERMS_WAIT_MS, naming),
      ]);
      const seen = fresh ?? last;
      return seen && termsOf(seen, { network, publicRpcUrl: publicRpcUrlOf(settings, network), commitment });
    },
    solvency: async () => solvencyOf(await read()),
    async publicRpcUrl() {
      if (network === undefined && settings.publicRpcUrl === undefined) {
        read().catch(() => undefined);
        if (naming !== undefined) await within(clock, ROUTER_TERMS_WAIT_MS, naming);
      }
      return publicRpcUrlOf(settings, network);
    },
  };
}
