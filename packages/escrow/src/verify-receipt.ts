// Whether a receipt is what its router bound itself to on the chain: its leaf, cost, root and transaction (docs/receipts.md).
import type { Address, ReadonlyUint8Array } from "@solana/kit";
import { isAimoError } from "@aimo-network/protocol/errors";
import { isSameHash, provenRoot } from "@aimo-network/protocol/merkle";
import { formatNanoUsdc, nanoUsdc } from "@aimo-network/protocol/money";
import type { Receipt } from "@aimo-network/protocol/receipt";
import { receiptLeaf } from "@aimo-network/protocol/receipt";
import type { FreeReason } from "@aimo-network/protocol/receipt-cost";
import { owedFor } from "@aimo-network/protocol/receipt-cost";
import { hexOf, settlementMismatch } from "./verify-receipt-transaction.ts";
import type { ClaimedBatch, Mismatch, TransactionAnswer } from "./verify-receipt-transaction.ts";

/** All that a receipt is verified with. */
export interface ReceiptEvidence {
  readonly receipt: Receipt;
  /** The 16 bytes that the router gave with the receipt. */
  readonly salt: Uint8Array;
  /** The receipt's place among those of its batch, and the hashes from its leaf up. */
  readonly proof: { readonly index: number; readonly size: number; readonly path: readonly Uint8Array[] };
  readonly batch: ClaimedBatch;
  /** As a trusted node gives it, at commitment `finalized`; null where it knows of none. */
  readonly transaction: TransactionAnswer | null;
  /** The deployment of the escrow program. */
  readonly programAddress: Address;
  /** The router's id, and the address of its config, which follows from it (`routerPlace`). */
  readonly routerId: Address;
  readonly config: Address;
}

/** A receipt that holds, and whether all that is owed was charged; or where it does not, and why. */
export type ReceiptVerdict =
  | { readonly ok: true; readonly charged: "in_full" | "in_part" }
  | ({ readonly ok: false; readonly step: "leaf" | "cost" | "root" | "transaction" } & Mismatch);

const FREE_REASONS: Readonly<Record<FreeReason, string>> = {
  interrupted: "the provider broke the answer off",
  no_usage: "the provider reported no usage",
  error: "the answer ended with an error",
};

function leafOf({ receipt, salt }: ReceiptEvidence): Uint8Array | Mismatch {
  try {
    return receiptLeaf(receipt, salt);
  } catch (error) {
    if (!isAimoError(error)) throw error;
    return { expected: "a receipt of version 1 and its salt", found: `another thing. ${error.message}` };
  }
}

/** The root that the receipt leads to. */
function rootOf(evidence: ReceiptEvidence): Uint8Array | Mismatch {
  const { receipt, proof, routerId } = evidence;
  if (receipt.routerId !== routerId) {
    return { expected: `a receipt of the router ${routerId}`, found: `one of ${receipt.routerId}` };
  }
  const leaf = leafOf(evidence);
  if (!(leaf instanceof Uint8Array)) return leaf;
  const { index, size, path } = proof;
  const expected = "a place among the batch's receipts, and as many hashes of 32 bytes as lead from it to the root";
  const found = `${path.length} hashes for the place ${index} of ${size}`;
  return provenRoot({ leaf, index, size, proof: path }) ?? { expected, found };
}

function costMismatch(receipt: Receipt): Mismatch | undefined {
  const { nano, free } = owedFor(receipt);
  if (receipt.cost <= nano) return undefined;
  const most = `at most ${formatNanoUsdc(nanoUsdc(nano))} USDC`;
  const expected =
    free === undefined ? `${most}, which its tokens come to at its prices` : `no charge, since ${FREE_REASONS[free]}`;
  return { expected, found: `${formatNanoUsdc(receipt.cost)} USDC` };
}

function rootMismatch(proven: Uint8Array, claimed: ReadonlyUint8Array): Mismatch | undefined {
  if (isSameHash(proven, Uint8Array.from(claimed))) return undefined;
  const found = `${hexOf(proven)}, so the batch does not hold this receipt as it is here`;
  return { expected: `the batch's root ${hexOf(claimed)}`, found };
}

/** Verifies a receipt, step by step, and says at which step it fails. Whether the node tells the truth is for the caller to know. */
export function verifyReceipt(evidence: ReceiptEvidence): ReceiptVerdict {
  const { receipt, batch, transaction, programAddress, config } = evidence;
  const root = rootOf(evidence);
  if (!(root instanceof Uint8Array)) return { ok: false, step: "leaf", ...root };
  const wrongCost = costMismatch(receipt);
  if (wrongCost !== undefined) return { ok: false, step: "cost", ...wrongCost };
  const wrongRoot = rootMismatch(root, batch.root);
  if (wrongRoot !== undefined) return { ok: false, step: "root", ...wrongRoot };
  const wrongTransaction = settlementMismatch(transaction, batch, { address: config, programAddress });
  if (wrongTransaction !== undefined) return { ok: false, step: "transaction", ...wrongTransaction };
  return { ok: true, charged: receipt.cost === owedFor(receipt).nano ? "in_full" : "in_part" };
}
