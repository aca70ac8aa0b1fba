// Where a person looks things up that happened on the chain.
import type { UseQueryOptions } from "@tanstack/react-query";
import { loadChain } from "../signing/chain-place.ts";

/** The explorer's pages; undefined where none knows the chain. */
export interface ChainLinks {
  transaction(signature: string): string | undefined;
  account(address: string): string | undefined;
}

const SIGNATURE = /^[1-9A-HJ-NP-Za-km-z]{64,88}$/;

/** The links of this chain, by the node of this browser's choice. */
export function chainLinksQuery(node: string | undefined): UseQueryOptions<ChainLinks> {
  return {
    queryKey: ["chain", "links", node],
    staleTime: Infinity,
    retry: false,
    structuralSharing: false,
    queryFn: async () => {
      const [chain, { explorerLink }] = await Promise.all([loadChain(), import("../signing/explorer-link.ts")]);
      return {
        transaction: (signature) => (SIGNATURE.test(signature) ? explorerLink("tx", signature, chain) : undefined),
        account: (address) => explorerLink("address", address, chain),
      };
    },
  };
}
