// The chain that a command works on: a node, and where the router's money is by it.
import type { Cluster } from "@aimo-network/escrow/clusters";
import { clusterOf, clusterOfNode } from "@aimo-network/escrow/clusters";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import type { Router } from "../network/find-router.ts";
import { rememberRouter } from "../network/known-routers.ts";
import { variable } from "../settings/environment.ts";
import { knownRoutersFile } from "../settings/places.ts";
import type { EscrowPlace } from "./escrow-place.ts";
import { placeOfRouter, placeWithoutRouter } from "./escrow-place.ts";
import type { SolanaNode } from "./solana-node.ts";
import { openNode, wantedNode } from "./solana-node.ts";

/** A node, and the place of a router by it. */
export interface OpenChain extends EscrowPlace {
  readonly node: SolanaNode;
  /** Where people look at it; undefined where it is no public one. */
  readonly cluster: Cluster | undefined;
}

function open(context: CommandContext, place: EscrowPlace): OpenChain {
  const node = openNode(wantedNode(context, place.rpcUrl, place.network), context);
  return { ...place, node, cluster: clusterOf(place.network) ?? clusterOfNode(node.url) };
}

/** Opens the chain of a router; without one, that of the router which is meant, which need not answer. Throws `CommandFault`. */
export async function openChain(context: CommandContext, router?: Router): Promise<OpenChain> {
  const place = router === undefined ? await placeWithoutRouter(context) : await placeOfRouter(context, router);
  return open(context, place);
}

/** Whether a person has named a node: then it is asked instead of the router. */
export function isNodeNamed({ options, environment }: CommandContext): boolean {
  return options.rpcUrl !== undefined || variable(environment, "AIMO_RPC_URL") !== undefined;
}

/** The chain at that place by a node that is named, remembered or public; undefined where there is none of them. */
export function openChainIfAny(context: CommandContext, place: EscrowPlace): OpenChain | undefined {
  try {
    return open(context, place);
  } catch (error) {
    if (error instanceof CommandFault && error.words.reason === "usage" && !isNodeNamed(context)) return undefined;
    throw error;
  }
}

/**
 * What a chain says that was opened because it could be: undefined where nobody has named its node, and that does not
 * answer or is one of another cluster, such as the one of Solana's own command line.
 */
export async function askIfAny<Answer>(
  context: CommandContext,
  ask: () => Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    return await ask();
  } catch (error) {
    const isOther = error instanceof CommandFault && error.words.code === "router_unknown";
    const isAway = error instanceof CommandFault && error.words.reason === "unreachable";
    if ((!isOther && !isAway) || isNodeNamed(context)) throw error;
    context.terminal.note(`${error.words.what} So the router's word counts; --rpc-url names another node.`);
    return undefined;
  }
}

/** Remembers the node and the program of a chain on which the router was found, for the day when the router is gone. */
export function rememberChain(context: CommandContext, { url, routerId, place, mint, node }: OpenChain): void {
  if (url === undefined) return;
  const file = knownRoutersFile(context.environment);
  try {
    rememberRouter(file, {
      url,
      id: routerId,
      programId: place.programAddress,
      ...(mint !== undefined && { mint }),
      ...(isNodeNamed(context) && { rpcUrl: node.url }),
    });
  } catch {
    context.terminal.note(`Where this router's money is could not be written to ${file}.`);
  }
}
