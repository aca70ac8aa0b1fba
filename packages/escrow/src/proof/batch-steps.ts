// The steps of a verification that the chain decides: the batch's root, and the transaction that settled it.
import type { Address } from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import type { RouterPlace } from "../addresses.ts";
import { momentWords } from "../plain-words.ts";
import type { TransactionAnswer } from "../verify-receipt-transaction.ts";
import { hexOf } from "../verify-receipt-transaction.ts";
import type { ReceiptEvidence, ReceiptVerdict } from "../verify-receipt.ts";
import { verifyReceipt } from "../verify-receipt.ts";
import { leafText } from "./own-steps.ts";
import type { Step } from "./proof-step.ts";
import type { NamedBatch, Proof, ProvenPlace } from "./read-proof.ts";

const MS = 1_000;

/** When a router settles, as far as it says it. */
export interface SettlementTime {
  /** `limits.settle_age_ms` of the router's facts. */
  readonly settleAgeMs: number | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** When an answer that is in no batch yet is settled. */
export function waitingStep({ receipt, batch }: Proof, { settleAgeMs, nowMs }: SettlementTime): Step {
  if (receipt.cost === 0n) {
    return { step: "root", result: "right", words: "nothing was charged, so there is nothing to settle" };
  }
  if (batch !== undefined) {
    return { step: "root", result: "waits", words: `batch ${batch.id} is on its way: try again in a minute` };
  }
  if (settleAgeMs === undefined) return { step: "root", result: "waits", words: "not settled yet: try again later" };
  const dueMs = admittedAtMs(receipt) + settleAgeMs;
  const due = momentWords(BigInt(Math.ceil(dueMs / MS)));
  const words =
    dueMs >= nowMs
      ? `not settled yet: it goes into a batch at ${due} at the latest, or soon after it ended`
      : `not settled yet, and was due at ${due}: less than 0.000001 USDC waits for more, and a new provider for enough to open its account`;
  return { step: "root", result: "waits", words };
}

/** A proof with the batch in which its answer was settled. */
export type SettledProof = Proof & {
  readonly place: ProvenPlace;
  readonly batch: NamedBatch & { readonly root: Uint8Array };
};

/** Whether the router names the batch in which it settled the answer. */
export function isSettled(proof: Proof): proof is SettledProof {
  return proof.place !== undefined && proof.batch?.root !== undefined;
}

/** Where the router is that is said to have settled. */
export interface SettlingRouter {
  readonly place: RouterPlace;
  readonly routerId: Address;
}

function evidenceOf(
  { receipt, salt, place, batch }: SettledProof,
  router: SettlingRouter,
  transaction: TransactionAnswer | null,
): ReceiptEvidence {
  const { index, size, path } = place;
  const { id: batchId, root, signature } = batch;
  return {
    receipt,
    salt,
    proof: { index, size, path },
    batch: { batchId, root, ...(signature !== undefined && { signature }) },
    transaction,
    programAddress: router.place.programAddress,
    routerId: router.routerId,
    config: router.place.address,
  };
}

type FailedVerdict = Extract<ReceiptVerdict, { readonly ok: false }>;

function wrongStep({ step, expected, found }: FailedVerdict): Step {
  return { step, result: "wrong", words: `expected ${expected}; found ${found}` };
}

/** How far the proof leads by itself, and the transaction that has to be looked at next, where it leads to one. */
export interface BatchSteps {
  readonly steps: readonly Step[];
  readonly signature: string | undefined;
}

/** Follows a settled answer from its leaf to its batch's root, which needs no node. */
export function batchSteps(proof: SettledProof, router: SettlingRouter): BatchSteps {
  const first = verifyReceipt(evidenceOf(proof, router, null));
  assert(!first.ok, "no receipt is verified without a transaction");
  if (first.step === "leaf") return { steps: [wrongStep(first)], signature: undefined };
  const { place, batch } = proof;
  const leaf = `${leafText(proof)}, place ${place.index + 1} of ${place.size} in the batch`;
  const leafFound: Step = { step: "leaf", result: "right", words: leaf };
  if (first.step !== "transaction") return { steps: [leafFound, wrongStep(first)], signature: undefined };
  const { id, root, signature, hasLanded } = batch;
  const rootFound: Step = { step: "root", result: "right", words: `${hexOf(root)} of batch ${id}, from that leaf` };
  if (signature !== undefined && hasLanded) return { steps: [leafFound, rootFound], signature };
  const waits = `batch ${id} is on its way: try again in a minute`;
  return {
    steps: [leafFound, rootFound, { step: "transaction", result: "waits", words: waits }],
    signature: undefined,
  };
}

/** What a node says of the transaction: as it gives it at `finalized`, or that it has landed and is not final yet. */
export interface TransactionFound {
  readonly signature: string;
  readonly transaction: TransactionAnswer | "pending" | null;
  /** The node's, as a person knows it. */
  readonly origin: string;
}

/** The last step: whether that transaction settled the batch. */
export function transactionStep(
  proof: SettledProof,
  router: SettlingRouter,
  { signature, transaction, origin }: TransactionFound,
): Step {
  if (transaction === "pending") {
    const words = `${signature} has landed and is not final yet: try again in a minute`;
    return { step: "transaction", result: "waits", words };
  }
  const verdict = verifyReceipt(evidenceOf(proof, router, transaction));
  if (!verdict.ok) return wrongStep(verdict);
  const words = `${signature}, final, by the node at ${origin}: the program ${router.place.programAddress} settled batch ${proof.batch.id} with this root`;
  return { step: "transaction", result: "right", words };
}
