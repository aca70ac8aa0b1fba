// Where a person looks at a transaction or an account: by the cluster's explorer, or for a node of this machine by one that asks that node.
import { explorerUrl } from "@aimo-network/escrow/clusters";
import type { Chain } from "./chain-place.ts";
import { isLoopback } from "./rpc-url.ts";

/** The page of an explorer; undefined where none knows the chain. */
export function explorerLink(
  kind: "tx" | "address",
  value: string,
  { cluster, rpcUrl }: Pick<Chain, "cluster" | "rpcUrl">,
): string | undefined {
  const known = explorerUrl(kind, value, cluster);
  if (known !== undefined) return known;
  const { hostname, origin } = new URL(rpcUrl);
  if (!isLoopback(hostname)) return undefined; // an explorer would be told a node's address that is nobody's business
  return `https://explorer.solana.com/${kind}/${encodeURIComponent(value)}?cluster=custom&customUrl=${encodeURIComponent(origin)}`;
}
