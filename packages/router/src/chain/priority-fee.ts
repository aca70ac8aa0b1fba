// What a transaction offers for its place in a block: as much as was enough lately for the accounts it writes.
import { feePercentile } from "@aimo-network/escrow/written-accounts";
import { SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND, isSolanaError } from "@solana/kit";
import type { Address, Rpc, SolanaRpcApi } from "@solana/kit";
import { PRIORITY_FEE_ACCOUNTS_MAX, PRIORITY_FEE_PERCENTILE } from "./limits.ts";

/** Micro-lamports per compute unit for a transaction that writes these accounts; 0 where the node does not tell. */
export async function recentPriorityFee(
  rpc: Rpc<SolanaRpcApi>,
  written: readonly Address[],
  most: bigint,
): Promise<bigint> {
  try {
    const recent = await rpc.getRecentPrioritizationFees(written.slice(0, PRIORITY_FEE_ACCOUNTS_MAX)).send();
    const fee = feePercentile(
      recent.map(({ prioritizationFee }) => prioritizationFee),
      PRIORITY_FEE_PERCENTILE,
    );
    return fee < most ? fee : most;
  } catch (error) {
    if (isSolanaError(error, SOLANA_ERROR__JSON_RPC__METHOD_NOT_FOUND)) return 0n;
    throw error;
  }
}
