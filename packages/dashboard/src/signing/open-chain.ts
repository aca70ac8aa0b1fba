// Opens a chain by one of its nodes: the part of loadChain that needs @solana/kit, and is loaded when it is needed.
import { routerPlace } from "@aimo-network/escrow/addresses";
import { clusterOf } from "@aimo-network/escrow/clusters";
import { systemClock, within } from "@aimo-network/protocol/clock";
import {
  SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR,
  address,
  createDefaultRpcTransport,
  createSolanaRpcFromTransport,
  isSolanaError,
} from "@solana/kit";
import type { RpcTransport } from "@solana/kit";
import { ConsoleFault } from "../api/fault-words.ts";
import type { ChainFacts } from "./chain-facts.ts";
import type { Chain } from "./chain-place.ts";
import { RPC_ANSWER_MS } from "./limits.ts";

const CHOOSE = "Try again, or choose another node: “Solana node” in the wallet’s menu.";
const FORBIDDEN = 403;
const TOO_MANY = 429;

/** The node has given no answer, so that what was sent may be on its way all the same. */
export class NodeFault extends ConsoleFault {}

/** What it is that a node does in place of answering. */
function faultOfNode(host: string, error: unknown): unknown {
  if (!isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR)) {
    return error instanceof TypeError ? new NodeFault(`The Solana node at ${host} cannot be reached.`, CHOOSE) : error;
  }
  const { statusCode } = error.context;
  if (statusCode === FORBIDDEN) return new NodeFault(`The Solana node at ${host} does not answer browsers.`, CHOOSE);
  if (statusCode === TOO_MANY) return new NodeFault(`The Solana node at ${host} is asked too much right now.`, CHOOSE);
  return new NodeFault(`The Solana node at ${host} answers with status ${statusCode}.`, CHOOSE);
}

function transportTo(url: string): RpcTransport {
  const { host } = new URL(url);
  const ask = createDefaultRpcTransport({ url });
  return async <Answer>(request: Parameters<RpcTransport>[0]): Promise<Answer> => {
    const asked = ask<Answer>(request).catch((error: unknown) => {
      throw faultOfNode(host, error);
    });
    const answer = await within(
      systemClock,
      RPC_ANSWER_MS,
      asked.then((found) => ({ found })),
    );
    if (answer !== undefined) return answer.found;
    throw new NodeFault(`The Solana node at ${host} did not answer within ${RPC_ANSWER_MS / 1_000} seconds.`, CHOOSE);
  };
}

/** The chain that these facts are about, by this node; nothing is asked yet. */
export async function openChain(facts: ChainFacts, rpcUrl: string): Promise<Chain> {
  const { routerId, name, programId, mint, vault, network } = facts;
  return {
    rpc: createSolanaRpcFromTransport(transportTo(rpcUrl)),
    rpcUrl,
    place: await routerPlace({ programAddress: address(programId), routerId: address(routerId) }),
    mint: address(mint),
    vault: address(vault),
    cluster: clusterOf(network),
    routerId,
    name,
    url: location.origin,
  };
}
