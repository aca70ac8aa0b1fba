// Checks a receipt in the browser: by the record, by its own numbers, by its hashes, and by the chain (docs/receipts.md).
import { batchSteps, isSettled, transactionStep } from "@aimo-network/escrow/proof/batch-steps";
import type { SettledProof, SettlingRouter } from "@aimo-network/escrow/proof/batch-steps";
import { ownSteps } from "@aimo-network/escrow/proof/own-steps";
import type { Step } from "@aimo-network/escrow/proof/proof-step";
import { readProof } from "@aimo-network/escrow/proof/read-proof";
import type { Proof } from "@aimo-network/escrow/proof/read-proof";
import type { TransactionAnswer } from "@aimo-network/escrow/verify-receipt-transaction";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import type { Findings } from "./check-steps.ts";

/** A node as a receipt is checked by it. */
export interface ReceiptNode {
  /** As a person knows it. */
  readonly origin: string;
  /** The settlement by its signature: `pending` where it has landed and is not final, null where the node knows of none. */
  settlement(signature: string): Promise<TransactionAnswer | "pending" | null>;
}

/** What is checked, and against what. */
export interface CheckedReceipt {
  /** The generation's id that was asked for. */
  readonly id: string;
  /** Who asks. */
  readonly wallet: string;
  /** Undefined for a router without a chain. */
  readonly router: SettlingRouter | undefined;
  readonly routerId: string;
  /** The answer to `GET /generation`. */
  readonly record: unknown;
  /** The answer to `GET /generation/{id}/proof`. */
  readonly proof: unknown;
  /** How soon the router settles, in milliseconds, where it says so. */
  readonly settleAgeMs: number | undefined;
  /** Opened only once the receipt names a batch that has landed. */
  openNode(): Promise<ReceiptNode>;
}

function settlesBy({ receipt }: Proof, { settleAgeMs }: CheckedReceipt): number | undefined {
  return settleAgeMs === undefined ? undefined : admittedAtMs(receipt) + settleAgeMs;
}

/** What can be said of an answer that is in no batch with a root yet. */
function unsettled(proof: Proof, asked: CheckedReceipt): Findings {
  const { receipt, batch } = proof;
  if (receipt.cost === 0n) return { steps: [] };
  const words =
    batch === undefined
      ? "it is in no batch yet; less than 0.000001 USDC waits for more"
      : `batch ${batch.id} is on its way to the chain`;
  return { steps: [{ step: "leaf", result: "waits", words }], settlesByMs: settlesBy(proof, asked) };
}

/** From the leaf to the chain. */
async function settled(proof: SettledProof, router: SettlingRouter, asked: CheckedReceipt): Promise<Findings> {
  const { steps, signature } = batchSteps(proof, router);
  if (signature === undefined) return { steps, settlesByMs: settlesBy(proof, asked) };
  try {
    const { origin, settlement } = await asked.openNode();
    const transaction = await settlement(signature);
    return { steps: [...steps, transactionStep(proof, router, { signature, transaction, origin })], signature };
  } catch (error) {
    return { steps, signature, fault: error };
  }
}

/** Checks a receipt step by step, up to the first that fails or has to wait; a node that cannot be asked is the findings' fault. */
export async function checkReceipt(asked: CheckedReceipt): Promise<Findings> {
  const proof = readProof(asked.proof);
  if ("wrong" in proof) return { steps: [{ step: "receipt", result: "wrong", words: proof.wrong }] };
  const { id, routerId, wallet, router } = asked;
  const own: readonly Step[] = ownSteps(proof, { id, routerId, wallet }, asked.record);
  if (own.some(({ result }) => result === "wrong")) return { steps: own };
  const rest = isSettled(proof) && router !== undefined ? await settled(proof, router, asked) : unsettled(proof, asked);
  return { ...rest, steps: [...own, ...rest.steps] };
}
