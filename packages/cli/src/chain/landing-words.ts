// How people look at a transaction themselves, and what they are told once it has landed.
import type { Signature } from "@solana/kit";
import type { Cluster } from "@aimo-network/escrow/clusters";
import { transactionUrl } from "@aimo-network/escrow/clusters";
import type { CommandContext } from "../context.ts";
import type { Landed } from "./landing.ts";
import type { SolanaNode } from "./solana-node.ts";

/** What to do where a transaction's fate is not known. */
export function howToLook(
  signature: Signature,
  cluster: Cluster | undefined,
  node: Pick<SolanaNode, "url"> | undefined,
): string {
  const where = transactionUrl(signature, cluster, node) ?? `\`solana confirm ${signature}\``;
  return `Look at ${where} before you run it again: what is not there after two minutes has expired.`;
}

/** Tells that it has landed, and where it can be seen; gives the link for the result. */
export function tellLanding(
  { terminal }: Pick<CommandContext, "terminal">,
  { signature, status }: Landed,
  link: string | undefined,
): void {
  terminal.note(`${terminal.noteStyle.good("✓")} ${status}: ${signature}`);
  if (link !== undefined) terminal.note(`  ${link}`);
}
