// The public clusters of Solana, by the names that routers give them: a node for anybody, and where people look things up.
import type { Signature } from "@solana/kit";

/** A public cluster. */
export interface Cluster {
  readonly name: "mainnet" | "devnet" | "testnet";
  /** In CAIP-2: `solana:` and the first 32 characters of the genesis hash. */
  readonly network: string;
  /** The Solana Foundation's node, slow for who asks much. */
  readonly nodeUrl: string;
  /** What the explorer's address has to say; nothing for its own default. */
  readonly explorerQuery: string;
}

const CLUSTERS: readonly Cluster[] = [
  {
    name: "mainnet",
    network: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp",
    nodeUrl: "https://api.mainnet-beta.solana.com",
    explorerQuery: "",
  },
  {
    name: "devnet",
    network: "solana:EtWTRABZaYq6iMfeYKouRu166VU2xqa1",
    nodeUrl: "https://api.devnet.solana.com",
    explorerQuery: "?cluster=devnet",
  },
  {
    name: "testnet",
    network: "solana:4uhcVJyU9pJkvQyS88uRDiswHXSCkY3z",
    nodeUrl: "https://api.testnet.solana.com",
    explorerQuery: "?cluster=testnet",
  },
];

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const REFERENCE_CHARACTERS = 32; // CAIP-2 takes no more of a genesis hash

/** The name of a Solana in CAIP-2, by its genesis hash. */
export function networkName(genesis: string): string {
  return `solana:${genesis.slice(0, REFERENCE_CHARACTERS)}`;
}

/** The cluster of a router's `chain.network`; undefined for a chain that only its operator knows, such as a local one. */
export function clusterOf(network: string | undefined): Cluster | undefined {
  return CLUSTERS.find((cluster) => cluster.network === network);
}

/** The cluster whose public node this is. */
export function clusterOfNode(url: string): Cluster | undefined {
  const { host } = new URL(url);
  return CLUSTERS.find(({ nodeUrl }) => new URL(nodeUrl).host === host);
}

/** Where a person looks at a transaction or an account; undefined where no public explorer can. */
export function explorerUrl(kind: "tx" | "address", value: string, cluster: Cluster | undefined): string | undefined {
  return cluster === undefined
    ? undefined
    : `https://explorer.solana.com/${kind}/${encodeURIComponent(value)}${cluster.explorerQuery}`;
}

/** Where a transaction is shown: by the cluster's explorer, or for a node of this machine by one that asks that node. */
export function transactionUrl(
  signature: Signature,
  cluster: Cluster | undefined,
  node: { readonly url: string } | undefined,
): string | undefined {
  const known = explorerUrl("tx", signature, cluster);
  if (known !== undefined || node === undefined) return known;
  const { hostname, origin } = new URL(node.url);
  if (!LOOPBACK.test(hostname)) return undefined; // an explorer would be told a node's address that is nobody's business
  return `https://explorer.solana.com/tx/${signature}?cluster=custom&customUrl=${encodeURIComponent(origin)}`;
}
