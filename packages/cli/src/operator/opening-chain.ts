// Where a router is to be opened: a node, the program that is deployed there, and the cluster's USDC.
import { fetchEncodedAccount, isAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import { clusterOf } from "@aimo-network/escrow/clusters";
import { AIMO_ESCROW_PROGRAM_ADDRESS } from "@aimo-network/escrow/generated/programs/aimoEscrow";
import { DEVNET_USDC, MAINNET_USDC } from "@aimo-network/escrow/program-bounds";
import type { SendingChain } from "../chain/submit.ts";
import { askNode, openNode, wantedNode } from "../chain/solana-node.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { variable } from "../settings/environment.ts";

/** The chain of a router to be. */
export interface OpeningChain extends SendingChain {
  /** Circle's USDC, where the cluster has it. */
  readonly usualMint: Address | undefined;
}

const NETWORK_CHARS = 32; // of a genesis hash in CAIP-2
const MINTS: Readonly<Record<string, Address>> = { mainnet: MAINNET_USDC, devnet: DEVNET_USDC };

function fault(what: string, why: string, next: string, code: string): CommandFault {
  return new CommandFault({ what, why, next, reason: "usage", code });
}

function wantedProgram({ options, environment }: CommandContext): Address {
  const program = options.programId ?? variable(environment, "AIMO_PROGRAM_ID");
  if (program !== undefined && isAddress(program)) return program;
  const why =
    program === undefined ? "neither --program nor AIMO_PROGRAM_ID names one." : "what was given is no address.";
  const next =
    "Add --program <address>: the one on your cluster that you trust, or deploy your own (docs/runbook-deploy.md).";
  throw fault("Which escrow program?", why, next, "program_missing");
}

/** Opens the chain, and looks whether the program is there. Throws `CommandFault`. */
export async function openOpeningChain(context: CommandContext): Promise<OpeningChain> {
  const programAddress = wantedProgram(context);
  const node = openNode(wantedNode(context), context);
  const [genesis, program] = await Promise.all([
    askNode(node, node.rpc.getGenesisHash().send()),
    askNode(node, fetchEncodedAccount(node.rpc, programAddress, { commitment: "confirmed" })),
  ]);
  const cluster = clusterOf(`solana:${genesis.slice(0, NETWORK_CHARS)}`);
  if (cluster !== undefined && programAddress === AIMO_ESCROW_PROGRAM_ADDRESS) {
    const why =
      "its key is in everybody's hands: whoever was first may have deployed anything there, and may change it.";
    throw fault(`${programAddress} is for local chains alone.`, why, "Use another --program.", "program_of_localnets");
  }
  if (!program.exists || !program.executable) {
    const why = `${new URL(node.url).origin} has no program at ${programAddress}.`;
    throw fault("The escrow program is not on this chain.", why, "Check --program and --rpc-url.", "program_absent");
  }
  return { node, programAddress, cluster, usualMint: cluster === undefined ? undefined : MINTS[cluster.name] };
}
