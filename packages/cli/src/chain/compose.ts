// Instructions of a command's own making as a transaction for the wallet to sign: built by a node alone, without the router.
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getBase64Encoder,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import { feePercentile, writtenBy } from "@aimo-network/escrow/written-accounts";
import { COMMAND_UNITS, FEE_ACCOUNTS_MAX, UNIT_PRICE_MAX } from "../limits.ts";
import { askNode } from "./solana-node.ts";
import type { SolanaNode } from "./solana-node.ts";

const FEE_PERCENTILE = 75;

/** A transaction that nobody has signed. */
export interface ComposedTransaction {
  readonly bytes: Uint8Array;
  readonly lastValidBlockHeight: bigint;
}

/** What was enough lately in three of four slots, up to a cap; nothing where the node does not tell. */
async function unitPrice({ rpc }: SolanaNode, instructions: readonly Instruction[]): Promise<bigint> {
  const recent = await rpc
    .getRecentPrioritizationFees(writtenBy(instructions).slice(0, FEE_ACCOUNTS_MAX))
    .send()
    .catch(() => []);
  const fee = feePercentile(
    recent.map(({ prioritizationFee }) => prioritizationFee),
    FEE_PERCENTILE,
  );
  return fee < UNIT_PRICE_MAX ? fee : UNIT_PRICE_MAX;
}

/** Puts instructions together with a blockhash of the node's, for `feePayer` to sign and pay. */
export async function composeTransaction(
  node: SolanaNode,
  feePayer: Address,
  instructions: readonly Instruction[],
): Promise<ComposedTransaction> {
  const [{ value: lifetime }, price] = await Promise.all([
    askNode(node, node.rpc.getLatestBlockhash({ commitment: "confirmed" }).send()),
    unitPrice(node, instructions),
  ]);
  const transaction = compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayer(feePayer, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
      (draft) => setTransactionMessageComputeUnitLimit(COMMAND_UNITS, draft),
      (draft) => setTransactionMessageComputeUnitPrice(price === 0n ? undefined : price, draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    ),
  );
  const bytes = Uint8Array.from(getBase64Encoder().encode(getBase64EncodedWireTransaction(transaction)));
  return { bytes, lastValidBlockHeight: lifetime.lastValidBlockHeight };
}
