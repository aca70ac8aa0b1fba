// The Solana node a command asks: which one is meant, and what is said where it does not answer.
import { createSolanaRpcFromTransport } from "@solana/kit";
import type { Rpc, RpcTransport, SolanaRpcApi } from "@solana/kit";
import type { Cluster } from "@aimo-network/escrow/clusters";
import { clusterOf, clusterOfNode } from "@aimo-network/escrow/clusters";
import { isAimoError } from "@aimo-network/protocol/errors";
import { safeLine } from "@aimo-network/protocol/safe-line";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { NODE_ANSWER_MS, SOLANA_SETTINGS_BYTES_MAX } from "../limits.ts";
import { startDeadline } from "../network/deadline.ts";
import type { Waiting } from "../network/deadline.ts";
import { unreachable } from "../network/failed-fetch.ts";
import type { Environment } from "../settings/environment.ts";
import { variable } from "../settings/environment.ts";
import { solanaConfigFile } from "../settings/places.ts";
import { readSmallFile } from "../settings/small-file.ts";
import { nodeTransport } from "./node-transport.ts";

/** A node of Solana, and how it is asked. */
export interface SolanaNode {
  /** May hold a secret: only its origin is ever shown. */
  readonly url: string;
  readonly rpc: Rpc<SolanaRpcApi>;
}

/** What Solana's own command line was told with `solana config set --url`. */
function urlOfSolanaConfig(file: string): string | undefined {
  try {
    return /^json_rpc_url:\s*["']?(https?:\/\/[^\s"']+)/m.exec(
      readSmallFile(file, SOLANA_SETTINGS_BYTES_MAX).toString(),
    )?.[1];
  } catch {
    return undefined; // Solana's command line is not here
  }
}

/** The node of Solana's own command line, unless it is one for everybody of another cluster than `cluster`. */
function urlOfSolana(environment: Environment, cluster: Cluster | undefined): string | undefined {
  const url = urlOfSolanaConfig(solanaConfigFile(environment));
  const other = url === undefined || !URL.canParse(url) ? undefined : clusterOfNode(url);
  return cluster !== undefined && other !== undefined && other !== cluster ? undefined : url;
}

/** The node's URL: the option, the variable, the one used before with this router, that of Solana's own command line, or the public one of `network` (a router's `chain.network`). */
export function wantedNode({ options, environment }: CommandContext, usedBefore?: string, network?: string): string {
  const cluster = clusterOf(network);
  const url =
    options.rpcUrl ??
    variable(environment, "AIMO_RPC_URL") ??
    usedBefore ??
    urlOfSolana(environment, cluster) ??
    cluster?.nodeUrl;
  if (url !== undefined && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  throw new CommandFault({
    what: url === undefined ? "Which Solana node?" : "--rpc-url: expected a URL such as https://api.devnet.solana.com.",
    why: url === undefined ? "neither --rpc-url nor AIMO_RPC_URL names one." : "what was given is none.",
    next: "Set AIMO_RPC_URL to one, such as https://api.devnet.solana.com, or add --rpc-url where a command takes it.",
    reason: "usage",
  });
}

/** Opens a node; what it does not answer is told as `CommandFault`, what it refuses as kit's `SolanaError`. */
export function openNode(url: string, waiting: Waiting): SolanaNode {
  const transport = nodeTransport(url);
  const told: RpcTransport = async (request) => {
    const deadline = startDeadline(waiting, NODE_ANSWER_MS, request.signal);
    try {
      return await transport({ ...request, signal: deadline.signal });
    } catch (error) {
      if (waiting.interrupted.aborted) {
        throw new CommandFault({ what: "Interrupted.", reason: "interrupted" }, { cause: error });
      }
      if (error instanceof CommandFault) throw error;
      if (error instanceof SyntaxError) {
        throw noNode(url, "it answers with something else than JSON, such as a web page.", error);
      }
      const why: unknown = deadline.signal.aborted ? deadline.signal.reason : error;
      throw unreachable(why, { who: "the Solana node", url, option: "--rpc-url" });
    } finally {
      deadline.end();
    }
  };
  return { url, rpc: createSolanaRpcFromTransport(told) };
}

/** Asks a node something; what it refuses is told as `CommandFault`, in its own words, and so is what is no answer to that. */
export async function askNode<Answer>(node: SolanaNode, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw faultOfNode(node, error);
  }
}

/** What went wrong with a question to a node, in words; what is no fault of the node's stays as it is. */
export function faultOfNode({ url }: Pick<SolanaNode, "url">, error: unknown): unknown {
  if (error instanceof CommandFault || isAimoError(error) || !(error instanceof Error)) return error;
  // Whatever reads an answer stumbles over one that is not what a node answers.
  if (error.name !== "SolanaError") return noNode(url, "its answer is not what a node answers to that.", error);
  return new CommandFault(
    {
      what: `The Solana node at ${new URL(url).origin} refused.`,
      why: safeLine(error.message),
      next: "Try again, or take another node: --rpc-url.",
      reason: "unreachable",
      code: "node_refused",
    },
    { cause: error },
  );
}

function noNode(url: string, why: string, cause: Error): CommandFault {
  return new CommandFault(
    {
      what: `${new URL(url).origin} is no Solana node.`,
      why,
      next: "Check --rpc-url.",
      reason: "unreachable",
      code: "no_node",
    },
    { cause },
  );
}
