// Instructions of one's own making as a transaction for a wallet to sign, and the price for its place in a block.
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getTransactionEncoder,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Address, Blockhash, GetRecentPrioritizationFeesApi, Instruction, Rpc } from "@solana/kit";
import { FEE_ACCOUNTS_MAX, OWN_UNITS, UNIT_PRICE_MAX } from "./limits.ts";
import { feePercentile, writtenBy } from "./written-accounts.ts";

const FEE_PERCENTILE = 75;

/** What a transaction of one's own is made of. */
export interface OwnTransaction {
  readonly feePayer: Address;
  readonly instructions: readonly Instruction[];
  /** As `getLatestBlockhash` gives it. */
  readonly lifetime: { readonly blockhash: Blockhash; readonly lastValidBlockHeight: bigint };
  /** Micro-lamports for each compute unit. */
  readonly unitPrice: bigint;
}

/** Micro-lamports that were enough lately in three of four slots, up to a cap; nothing where the node does not tell. */
export async function recentUnitPrice(
  rpc: Rpc<GetRecentPrioritizationFeesApi>,
  instructions: readonly Instruction[],
): Promise<bigint> {
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

/** Puts parts together as the bytes of a transaction of version 0 that nobody has signed. */
export function unsignedTransaction({ feePayer, instructions, lifetime, unitPrice }: OwnTransaction): Uint8Array {
  const transaction = compileTransaction(
    pipe(
      createTransactionMessage({ version: 0 }),
      (draft) => setTransactionMessageFeePayer(feePayer, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
      (draft) => setTransactionMessageComputeUnitLimit(OWN_UNITS, draft),
      (draft) => setTransactionMessageComputeUnitPrice(unitPrice === 0n ? undefined : unitPrice, draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    ),
  );
  return Uint8Array.from(getTransactionEncoder().encode(transaction));
}
