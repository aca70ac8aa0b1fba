// Transactions as the signer makes them: its own instructions, its own blockhash, its own bound on what they cost.
import type {
  Address,
  Blockhash,
  Instruction,
  Transaction,
  TransactionMessage,
  TransactionMessageWithBlockhashLifetime,
  TransactionMessageWithFeePayer,
} from "@solana/kit";
import {
  appendTransactionMessageInstructions,
  assertIsFullySignedTransaction,
  assertIsTransactionWithinSizeLimit,
  createTransactionMessage,
  getBase64EncodedWireTransaction,
  getSignatureFromTransaction,
  partiallySignTransactionMessageWithSigners,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayer,
  setTransactionMessageLifetimeUsingBlockhash,
} from "@solana/kit";
import type { CosignedTransaction, SignedTransaction } from "./signer.ts";

/** A fresh blockhash, and until when it is good. */
export interface Lifetime {
  readonly blockhash: Blockhash;
  readonly lastValidBlockHeight: bigint;
}

/** Who pays for a transaction, and how long it may land. */
export interface Terms {
  readonly feePayer: Address;
  readonly lifetime: Lifetime;
}

/** What a transaction asks for beside its instructions. */
export interface Budget {
  readonly units: number;
  /** Micro-lamports for a compute unit. */
  readonly price: bigint;
}

type Message = Extract<TransactionMessage, { version: 0 }> &
  TransactionMessageWithFeePayer &
  TransactionMessageWithBlockhashLifetime;

function messageOf(instructions: readonly Instruction[], { feePayer, lifetime }: Terms): Message {
  return pipe(
    createTransactionMessage({ version: 0 }),
    (message) => setTransactionMessageFeePayer(feePayer, message),
    (message) => setTransactionMessageLifetimeUsingBlockhash(lifetime, message),
    (message) => appendTransactionMessageInstructions(instructions, message),
  );
}

function withBudget(message: Message, { units, price }: Budget): Message {
  return pipe(
    message,
    (draft) => setTransactionMessageComputeUnitLimit(units, draft),
    (draft) => setTransactionMessageComputeUnitPrice(price, draft),
  );
}

async function sign(message: Message): Promise<Transaction> {
  const transaction = await partiallySignTransactionMessageWithSigners(message);
  assertIsTransactionWithinSizeLimit(transaction);
  return transaction;
}

async function signWhole(message: Message): Promise<SignedTransaction> {
  const transaction = await sign(message);
  assertIsFullySignedTransaction(transaction);
  return {
    signature: getSignatureFromTransaction(transaction),
    wire: getBase64EncodedWireTransaction(transaction),
    lastValidBlockHeight: message.lifetimeConstraint.lastValidBlockHeight,
  };
}

/** Signs instructions that bring their own budget, for whoever of their signers is here: all of them. */
export function signInstructions(instructions: readonly Instruction[], terms: Terms): Promise<SignedTransaction> {
  return signWhole(messageOf(instructions, terms));
}

/** Signs instructions with a budget, for all their signers. */
export function signWithBudget(
  instructions: readonly Instruction[],
  terms: Terms,
  budget: Budget,
): Promise<SignedTransaction> {
  return signWhole(withBudget(messageOf(instructions, terms), budget));
}

/** Signs instructions with a budget for those of their signers that are here; the fee payer signs elsewhere. */
export async function cosignWithBudget(
  instructions: readonly Instruction[],
  terms: Terms,
  budget: Budget,
): Promise<CosignedTransaction> {
  const transaction = await sign(withBudget(messageOf(instructions, terms), budget));
  return {
    wire: getBase64EncodedWireTransaction(transaction),
    lastValidBlockHeight: terms.lifetime.lastValidBlockHeight,
  };
}
