// What a router answers to whoever asks for the proof of an answer, and its record of it, for evidence that holds.
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import { formatReceipt } from "@aimo-network/protocol/receipt-json";
import type { ReceiptEvidence } from "../verify-receipt.ts";
import { hexOf } from "../verify-receipt-transaction.ts";

type Json = Record<string, unknown>;

/** The answer's `data`, for a test to change. */
export interface ToldProof extends Json {
  readonly receipt: Json;
  proof: Json | null;
  batch: Json | null;
}

/** The answer to `GET /generation/{id}/proof`, without its envelope. */
export function toldProof({ receipt, salt, proof: place, batch }: ReceiptEvidence): ToldProof {
  return {
    receipt: { ...formatReceipt(receipt) },
    salt: hexOf(salt),
    proof: { index: place.index, size: place.size, path: place.path.map((hash) => hexOf(hash)) },
    batch: { id: `${batch.batchId}`, root: hexOf(batch.root), signature: batch.signature, has_landed: true },
  };
}

/** The answer to `GET /generation`, without its envelope. */
export function toldRecord({ receipt }: ReceiptEvidence): Json {
  return {
    cost: formatNanoUsdc(receipt.cost),
    model: receipt.model,
    provider_name: receipt.provider,
    native_tokens_prompt: receipt.promptTokens,
    native_tokens_completion: receipt.completionTokens,
  };
}
