// Instructions as a transaction that somebody else signs: its bytes, and what it says about itself.
import {
  appendTransactionMessageInstructions,
  compileTransaction,
  createTransactionMessage,
  getBase64Decoder,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { Address, Instruction } from "@solana/kit";
import type { Lifetime } from "../send.ts";
import { COMPOSED_UNITS } from "./limits.ts";

/** What a transaction is made of. */
export interface TransactionParts {
  readonly feePayer: Address;
  readonly instructions: readonly Instruction[];
  readonly lifetime: Lifetime;
  /** Micro-lamports for each compute unit. */
  readonly unitPrice: bigint;
}

/** Bytes that nobody has signed, in base64. */
export interface UnsignedTransaction {
  /** On the wire, with zeros in place of the signatures. */
  readonly wire: string;
  /** The message alone: what is signed. */
  readonly message: string;
}

/** Puts parts together as version 0, or as a legacy transaction for clients that know no other. */
export function assemble(parts: TransactionParts, version: "legacy" | 0): UnsignedTransaction {
  const { feePayer, instructions, lifetime, unitPrice } = parts;
  const price = unitPrice === 0n ? undefined : unitPrice;
  const transaction =
    version === "legacy"
      ? compileTransaction(
          pipe(
            createTransactionMessage({ version: "legacy" }),
            (draft) => setTransactionMessageFeePayer(feePayer, draft),
            (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
            (draft) => setTransactionMessageComputeUnitLimit(COMPOSED_UNITS, draft),
            (draft) => setTransactionMessageComputeUnitPrice(price, draft),
            (draft) => appendTransactionMessageInstructions(instructions, draft),
          ),
        )
      : compileTransaction(
          pipe(
            createTransactionMessage({ version }),
            (draft) => setTransactionMessageFeePayer(feePayer, draft),
            (draft) => setTransactionMessageLifetimeUsingBlockhash(lifetime, draft),
            (draft) => setTransactionMessageComputeUnitLimit(COMPOSED_UNITS, draft),
            (draft) => setTransactionMessageComputeUnitPrice(price, draft),
            (draft) => appendTransactionMessageInstructions(instructions, draft),
          ),
        );
  return {
    wire: getBase64EncodedWireTransaction(transaction),
    message: getBase64Decoder().decode(transaction.messageBytes),
  };
}
