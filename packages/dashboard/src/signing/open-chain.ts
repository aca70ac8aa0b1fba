// Opens a chain by one of its nodes: the part of loadChain that needs @solana/kit, and is loaded when it is needed.
import { routerPlace } from "@aimo-network/escrow/addresses";
import { clusterOf } from "@aimo-network/escrow/clusters";
import { systemClock, within } from "@aimo-network/protocol/clock";
import { isJsonObject } from "@aimo-network/protocol/json-object";
import {
  SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR,
  address,
  createDefaultRpcTransport,
  createSolanaRpcFromTransport,
  isSolanaError,
} from "@solana/kit";
import type { RpcTransport } from "@solana/kit";
import type { FoundFacts } from "./chain-facts.ts";
import type { Chain } from "./chain-place.ts";
import { RPC_ANSWER_MS } from "./limits.ts";
import { CHOOSE_NODE, NodeFault, nodeAnswer } from "./node-answer.ts";

const FORBIDDEN = 403;
const TOO_MANY = 429;

/** What it is that a node does in place of answering. */
function faultOfNode(host: string, error: unknown): unknown {
  if (!isSolanaError(error, SOLANA_ERROR__RPC__TRANSPORT_HTTP_ERROR)) {
    return error instanceof TypeError
      ? new NodeFault(`The Solana node at ${host} cannot be reached.`, CHOOSE_NODE)
      : new NodeFault(`The Solana node at ${host} does not answer as one does.`, CHOOSE_NODE);
  }
  const { statusCode } = error.context;
  if (statusCode === FORBIDDEN)
    return new NodeFault(`The Solana node at ${host} does not answer browsers.`, CHOOSE_NODE);
  if (statusCode === TOO_MANY)
    return new NodeFault(`The Solana node at ${host} is asked too much right now.`, CHOOSE_NODE);
  return new NodeFault(`The Solana node at ${host} answers with status ${statusCode}.`, CHOOSE_NODE);
}

function methodOf(payload: unknown): unknown {
  return isJsonObject(payload) ? payload["method"] : undefined;
}

function transportTo(url: string): RpcTransport {
  const { host } = new URL(url);
  const ask = createDefaultRpcTransport({ url });
  return async <Answer>({ payload, signal }: Parameters<RpcTransport>[0]): Promise<Answer> => {
    const patience = new AbortController();
    const signals = [patience.signal, ...(signal === undefined ? [] : [signal])];
    const asked = ask<Answer>({ payload, signal: AbortSignal.any(signals) }).catch((error: unknown) => {
      throw faultOfNode(host, error);
    });
    const answer = await within(
      systemClock,
      RPC_ANSWER_MS,
      asked.then((found) => ({ found })),
    );
    if (answer !== undefined) return nodeAnswer(host, methodOf(payload), answer.found);
    patience.abort(); // an answer without an end is not read on
    throw new NodeFault(
      `The Solana node at ${host} did not answer within ${RPC_ANSWER_MS / 1_000} seconds.`,
      CHOOSE_NODE,
    );
  };
}

/** The chain that these facts are about, by this node; nothing is asked yet. */
export async function openChain(facts: FoundFacts, rpcUrl: string): Promise<Chain> {
  const { routerId, name, programId, mint, vault, network, isDisputed = false } = facts;
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
    isDisputed,
  };
}
