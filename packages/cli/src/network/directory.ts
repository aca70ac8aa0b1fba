// The on-chain directory: the routers of one deployment of the escrow program, as a Solana node has them.
import { isAddress } from "@solana/kit";
import type { Address } from "@solana/kit";
import { findRouter } from "@aimo-network/escrow/directory";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { askNode, openNode, wantedNode } from "../chain/solana-node.ts";
import type { SolanaNode } from "../chain/solana-node.ts";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { variable } from "../settings/environment.ts";
import { knownRoutersFile } from "../settings/places.ts";
import type { KnownRouter } from "./known-routers.ts";
import { readKnownRouters } from "./known-routers.ts";
import { isPrivateUrl, routerUrl } from "./router-url.ts";

/** Where a directory is read. */
export interface DirectoryPlace {
  readonly node: SolanaNode;
  readonly programAddress: Address;
}

/** The program that is meant; the localnet's own address is nobody's elsewhere, so there is no fallback. */
function wantedProgram({ options, environment }: CommandContext, known: KnownRouter | undefined): Address {
  const program = options.programId ?? variable(environment, "AIMO_PROGRAM_ID") ?? known?.programId;
  if (program !== undefined && isAddress(program)) return program;
  throw new CommandFault({
    what: program === undefined ? "Which escrow program?" : "--program: expected a program's address, in base58.",
    why:
      program === undefined
        ? "neither --program nor AIMO_PROGRAM_ID names one, and no router with a chain was used before."
        : "what was given is none.",
    next: "Add --program <address>, or use a router by its URL once: aimo models --router https://router.example",
    reason: "usage",
  });
}

/** Opens the directory that is meant: that of a router known by its id, else that of the router used last. */
export function openDirectory(context: CommandContext, id?: string): DirectoryPlace {
  const routers = readKnownRouters(knownRoutersFile(context.environment));
  const known = routers.find((router) => router.id === id) ?? routers.find(({ programId }) => programId !== undefined);
  const programAddress = wantedProgram(context, known);
  return { node: openNode(wantedNode(context, known?.rpcUrl, known?.network), context), programAddress };
}

/** The URL of the router with this id, as the chain has it. Throws `CommandFault`. */
export async function lookUpRouter(context: CommandContext, id: string): Promise<string> {
  if (!isAddress(id)) {
    throw new CommandFault({
      what: `${safeLine(id, 60)} is no router id.`,
      why: "an id is 32 bytes in base58: a character is missing, or one too many.",
      next: "`aimo routers` lists those that there are.",
      reason: "usage",
    });
  }
  const { node, programAddress } = openDirectory(context, id);
  const found = await askNode(node, findRouter(node.rpc, { programAddress, routerId: id }));
  if (found === undefined) {
    throw new CommandFault({
      what: `There is no router ${id}.`,
      why: `the escrow program ${programAddress} has none of this id on the chain of ${new URL(node.url).origin}.`,
      next: "Check the id, --program and --rpc-url: `aimo routers` lists those that there are.",
      reason: "refused",
      code: "router_unknown",
    });
  }
  const url = routerUrl(found.data.url);
  if (url !== undefined && isPrivateUrl(url)) return url;
  throw new CommandFault({
    what: `The router ${id} has no address that can be used.`,
    why: `it says ${safeLine(found.data.url, 100) || "nothing"}, which is neither https nor this machine.`,
    next: "Ask its operator for its URL: --router https://…",
    reason: "refused",
    code: "router_url_unusable",
  });
}
