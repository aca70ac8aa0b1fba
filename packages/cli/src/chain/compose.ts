// Instructions of a command's own making as a transaction for the wallet to sign: built by a node alone, without the router.
import type { Address, Instruction } from "@solana/kit";
import { recentUnitPrice, unsignedTransaction } from "@aimo-network/escrow/compose-transaction";
import { askNode } from "./solana-node.ts";
import type { SolanaNode } from "./solana-node.ts";

/** A transaction that nobody has signed. */
export interface ComposedTransaction {
  readonly bytes: Uint8Array;
  readonly lastValidBlockHeight: bigint;
}

/** Puts instructions together with a blockhash of the node's, for `feePayer` to sign and pay. */
export async function composeTransaction(
  node: SolanaNode,
  feePayer: Address,
  instructions: readonly Instruction[],
): Promise<ComposedTransaction> {
  const [{ value: lifetime }, unitPrice] = await Promise.all([
    askNode(node, node.rpc.getLatestBlockhash({ commitment: "confirmed" }).send()),
    recentUnitPrice(node.rpc, instructions),
  ]);
  const bytes = unsignedTransaction({ feePayer, instructions, lifetime, unitPrice });
  return { bytes, lastValidBlockHeight: lifetime.lastValidBlockHeight };
}
