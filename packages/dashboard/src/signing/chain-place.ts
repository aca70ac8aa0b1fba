// The chain that the router is on, as this browser sees it: by a node of the person's choice.
import type { RouterPlace } from "@aimo-network/escrow/addresses";
import type { Cluster } from "@aimo-network/escrow/clusters";
import type { Address, Rpc, SolanaRpcApi } from "@solana/kit";
import { ConsoleFault } from "../api/fault-words.ts";
import { chainFacts } from "./chain-facts.ts";
import { chosenRpcUrl, routersRpcUrl } from "./rpc-choice.ts";

/** Where the router is on its chain, and a node to ask; what the node does in place of answering is a `ConsoleFault`. */
export interface Chain {
  readonly rpc: Rpc<SolanaRpcApi>;
  /** The URL of that node. */
  readonly rpcUrl: string;
  readonly place: RouterPlace;
  readonly mint: Address;
  readonly vault: Address;
  /** Undefined for a chain that only its operator knows, such as a local one. */
  readonly cluster: Cluster | undefined;
  readonly routerId: string;
  readonly name: string;
  /** Where the router is reached: this page's own origin. */
  readonly url: string;
  /** The router says now that it is elsewhere than what this browser has signed for: it takes part in nothing until that is clear. */
  readonly isDisputed?: boolean;
}

/**
 * Finds out, also where the router does not answer but has answered this browser before. Throws `ConsoleFault` where the
 * router is on no chain, or no node is known.
 */
export async function loadChain(): Promise<Chain> {
  const facts = await chainFacts();
  const rpcUrl = chosenRpcUrl() ?? routersRpcUrl(facts);
  if (rpcUrl === undefined) {
    throw new ConsoleFault(
      "No Solana node is known for this router’s chain.",
      "Choose one: “Solana node” in the wallet’s menu, or on the router’s page.",
    );
  }
  const { openChain } = await import("./open-chain.ts");
  return await openChain(facts, rpcUrl);
}
