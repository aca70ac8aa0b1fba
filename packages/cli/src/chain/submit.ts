// Sends what was signed by a node alone, and tells what becomes of it in words.
import type { Address } from "@solana/kit";
import type { Cluster } from "@aimo-network/escrow/clusters";
import { landTransaction } from "@aimo-network/escrow/landing/land-transaction";
import type { LandingVerdict, SentTransaction } from "@aimo-network/escrow/landing/landing-verdict";
import type { CommandContext } from "../context.ts";
import { CommandFault } from "../fault.ts";
import { expired, rejectedByChain, unsettled } from "./landing.ts";
import type { Landed } from "./landing.ts";
import { howToLook } from "./landing-words.ts";
import { askNode, faultOfNode } from "./solana-node.ts";
import type { SolanaNode } from "./solana-node.ts";

/** A node, and the program whose refusals have names. */
export interface SendingChain {
  readonly node: SolanaNode;
  readonly programAddress: Address;
  readonly cluster?: Cluster | undefined;
}

type Unknown = Extract<LandingVerdict, { readonly kind: "unknown" }>;

function whyUnknown({ why }: Unknown, last: CommandFault | undefined): string {
  switch (why) {
    case "interrupted":
      return "interrupted while it was on its way; it may land within a minute.";
    case "unanswered":
      return `the node does not answer: ${last?.words.why ?? "it may have arrived all the same."}`;
    case "unconfirmed":
      return "the node has heard of it, or may yet, and does not confirm it.";
  }
}

/**
 * Sends by a node alone, and waits until most of the cluster has voted for it. Throws `CommandFault`: rejected, expired,
 * or `unsettled` where nobody can tell yet.
 */
export async function submitByNode(
  { clock, interrupted, terminal }: CommandContext,
  { node, programAddress, cluster }: SendingChain,
  sent: SentTransaction,
): Promise<Landed> {
  const { signature } = sent;
  const progress = terminal.progress(`Sending ${signature}`);
  const site = {
    rpc: node.rpc,
    clock,
    signal: interrupted,
    isAway: (error: unknown) => error instanceof CommandFault,
    onSent: () => progress.at(`Sent ${signature}, waiting for the chain to confirm it`),
  };
  try {
    const verdict = await askNode(node, landTransaction(site, sent));
    if (verdict.kind === "landed") return { signature, status: verdict.status };
    if (verdict.kind === "rejected") throw rejectedByChain(verdict.failure, programAddress);
    if (verdict.kind === "expired") throw expired();
    const last = verdict.cause === undefined ? undefined : faultOfNode(node, verdict.cause);
    const fault = last instanceof CommandFault ? last : undefined;
    throw unsettled(signature, whyUnknown(verdict, fault), howToLook(signature, cluster, node), fault);
  } finally {
    progress.done();
  }
}
