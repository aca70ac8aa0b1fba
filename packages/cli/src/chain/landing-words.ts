// How people look at a transaction themselves, and what they are told once it has landed.
import type { Signature } from "@solana/kit";
import type { CommandContext } from "../context.ts";
import type { Cluster } from "../network/clusters.ts";
import { explorerUrl } from "../network/clusters.ts";
import type { Landed } from "./landing.ts";
import type { SolanaNode } from "./solana-node.ts";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** Where a transaction is shown: by the cluster's explorer, or for a node of this machine by one that asks that node. */
export function transactionUrl(
  signature: Signature,
  cluster: Cluster | undefined,
  node: Pick<SolanaNode, "url"> | undefined,
): string | undefined {
  const known = explorerUrl("tx", signature, cluster);
  if (known !== undefined || node === undefined) return known;
  const { hostname, origin } = new URL(node.url);
  if (!LOOPBACK.test(hostname)) return undefined; // an explorer would be told a node's address that is nobody's business
  return `https://explorer.solana.com/tx/${signature}?cluster=custom&customUrl=${encodeURIComponent(origin)}`;
}

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
