// Transactions as the bytes that somebody is asked to sign.
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getTransactionEncoder,
  pipe,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Address, Blockhash, Instruction, Transaction } from "@solana/kit";

/** How the bytes are made. */
export interface WireOptions {
  readonly version?: "legacy" | 0;
}

const BLOCKHASH = { blockhash: "4vJ9JU1bJJE96FWSJKvHsmmFADCg4gpZQff4P3bkLKi" as Blockhash, lastValidBlockHeight: 1n };

/** A transaction that nobody has signed. */
export function unsigned(
  feePayer: Address,
  instructions: readonly Instruction[],
  options: WireOptions = {},
): Transaction {
  const { version = 0 } = options;
  if (version === "legacy") {
    return compileTransaction(
      pipe(
        createTransactionMessage({ version: "legacy" }),
        (draft) => setTransactionMessageFeePayer(feePayer, draft),
        (draft) => setTransactionMessageLifetimeUsingBlockhash(BLOCKHASH, draft),
        (draft) => appendTransactionMessageInstructions(instructions, draft),
      ),
    );
  }
  return compileTransaction(
    pipe(
      createTransactionMessage({ version }),
      (draft) => setTransactionMessageFeePayer(feePayer, draft),
      (draft) => setTransactionMessageLifetimeUsingBlockhash(BLOCKHASH, draft),
      (draft) => appendTransactionMessageInstructions(instructions, draft),
    ),
  );
}

/** The bytes of a transaction. */
export function bytesOf(transaction: Transaction): Uint8Array {
  return Uint8Array.from(getTransactionEncoder().encode(transaction));
}
