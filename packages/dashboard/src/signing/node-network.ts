// Of which chain a node is: asked before anything is read from it or sent by it.
import { clusterOf, networkName } from "@aimo-network/escrow/clusters";
import type { Clock } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { ConsoleFault } from "../api/fault-words.ts";
import { RPC_ANSWER_MS } from "./limits.ts";

/** What asking a node needs. */
export interface NodeAsking {
  readonly clock: Clock;
  readonly fetch: typeof fetch;
}

const NAME_CHARACTERS = 8;
const GENESIS = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

function silent(url: string, why: string): ConsoleFault {
  return new ConsoleFault(
    `The Solana node at ${new URL(url).host} ${why}`,
    "Look at its URL, or choose another node: not every node answers browsers.",
  );
}

/** The name of a node's chain in CAIP-2; throws `ConsoleFault` where it does not say. */
export async function networkOfNode({ clock, fetch: ask }: NodeAsking, url: string): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "getGenesisHash", params: [] });
  const headers = { "content-type": "application/json" };
  const asked = ask(url, { method: "POST", headers, body, referrerPolicy: "no-referrer", credentials: "omit" }).then(
    async (response): Promise<unknown> => (response.ok ? await response.json() : { status: response.status }),
    () => ({ status: undefined }),
  );
  const answer = await within(
    clock,
    RPC_ANSWER_MS,
    asked.catch(() => ({})),
  );
  if (answer === undefined) throw silent(url, `did not answer within ${RPC_ANSWER_MS / 1_000} seconds.`);
  const { result, status } = (answer ?? {}) as { readonly result?: unknown; readonly status?: unknown };
  if (typeof result === "string" && GENESIS.test(result)) return networkName(result);
  throw silent(url, typeof status === "number" ? `answered with status ${status}.` : "does not answer as one does.");
}

/** What people call a chain: the cluster's name, or the end of what only its operator knows. */
function chainWords(network: string): string {
  return clusterOf(network)?.name ?? `the chain ${network.replace("solana:", "").slice(0, NAME_CHARACTERS)}…`;
}

/** Insists that a node is of the router's chain, where that has a name. */
export async function insistNetwork(asking: NodeAsking, url: string, expected: string | undefined): Promise<void> {
  const found = await networkOfNode(asking, url);
  if (expected === undefined || found === expected) return;
  throw new ConsoleFault(
    `The Solana node at ${new URL(url).host} is of ${chainWords(found)}; this router is on ${chainWords(expected)}.`,
    "Choose a node of the router’s chain.",
  );
}
