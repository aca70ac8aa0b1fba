// The steps of a verification that the chain decides: the batch's root, and the transaction that settled it.
import { hex } from "@scure/base";
import type { Signature } from "@solana/kit";
import { verifyReceipt } from "@aimo-network/escrow/verify-receipt";
import type { ReceiptEvidence, ReceiptVerdict } from "@aimo-network/escrow/verify-receipt";
import { momentWords } from "@aimo-network/escrow/plain-words";
import { admittedAtMs } from "@aimo-network/protocol/receipt";
import { transactionUrl } from "../chain/landing-words.ts";
import type { OpenChain } from "../chain/open-chain.ts";
import { openChain } from "../chain/open-chain.ts";
import type { CommandContext } from "../context.ts";
import type { Router } from "../network/find-router.ts";
import { countIn, objectIn } from "../network/members.ts";
import type { NamedBatch, Proof, ProvenPlace } from "./read-proof.ts";
import { fetchSettlement } from "./settlement-transaction.ts";
import type { Step } from "./verify-steps.ts";

/** The steps, and where people see the transaction. */
export interface ChainFindings {
  readonly steps: readonly Step[];
  readonly link?: string | undefined;
}

const MS = 1_000;

/** When an answer that is in no batch yet is settled. */
export function waitingStep(router: Router, { receipt, batch }: Proof, nowMs: number): Step {
  if (receipt.cost === 0n) {
    return { step: "root", result: "right", words: "nothing was charged, so there is nothing to settle" };
  }
  if (batch !== undefined) {
    return { step: "root", result: "waits", words: `batch ${batch.id} is on its way: try again in a minute` };
  }
  const ageMs = countIn(objectIn(router.facts, "limits"), "settle_age_ms");
  if (ageMs === undefined) return { step: "root", result: "waits", words: "not settled yet: try again later" };
  const dueMs = admittedAtMs(receipt) + ageMs;
  const due = momentWords(BigInt(Math.ceil(dueMs / MS)));
  const words =
    dueMs >= nowMs
      ? `not settled yet: it goes into a batch at ${due} at the latest, or soon after it ended`
      : `not settled yet, and was due at ${due}: less than 0.000001 USDC waits for more, and a new provider for enough to open its account`;
  return { step: "root", result: "waits", words };
}

type FailedVerdict = Extract<ReceiptVerdict, { readonly ok: false }>;

function wrongStep({ step, expected, found }: FailedVerdict): Step {
  return { step, result: "wrong", words: `expected ${expected}; found ${found}` };
}

function leafStep({ index, size }: ProvenPlace, leaf: string): Step {
  return { step: "leaf", result: "right", words: `${leaf}, place ${index + 1} of ${size} in the batch` };
}

type Settled = Proof & { readonly place: ProvenPlace; readonly batch: NamedBatch & { readonly root: Uint8Array } };

/** Whether the router names the batch in which it settled the answer. */
export function isSettled(proof: Proof): proof is Settled {
  return proof.place !== undefined && proof.batch?.root !== undefined;
}

function evidenceOf({ receipt, salt, place, batch }: Settled, chain: OpenChain): ReceiptEvidence {
  const { index, size, path } = place;
  const { id: batchId, root, signature } = batch;
  return {
    receipt,
    salt,
    proof: { index, size, path },
    batch: { batchId, root, ...(signature !== undefined && { signature }) },
    transaction: null,
    programAddress: chain.place.programAddress,
    routerId: chain.routerId,
    config: chain.place.address,
  };
}

async function transactionStep(
  context: CommandContext,
  chain: OpenChain,
  evidence: ReceiptEvidence,
  signature: string,
): Promise<Step> {
  const { origin } = new URL(chain.node.url);
  const transaction = await fetchSettlement(context, chain.node, signature);
  if (transaction === "pending") {
    const words = `${signature} has landed and is not final yet: try again in a minute`;
    return { step: "transaction", result: "waits", words };
  }
  const verdict = verifyReceipt({ ...evidence, transaction });
  if (!verdict.ok) return wrongStep(verdict);
  const words = `${signature}, final, by the node at ${origin}: the program ${chain.place.programAddress} settled batch ${evidence.batch.batchId} with this root`;
  return { step: "transaction", result: "right", words };
}

/** Follows a settled answer from its leaf to the chain. */
export async function chainSteps(
  context: CommandContext,
  router: Router,
  proof: Settled,
  leaf: string,
): Promise<ChainFindings> {
  const chain = await openChain(context, router);
  const evidence = evidenceOf(proof, chain);
  const first = verifyReceipt(evidence);
  if (first.ok || first.step === "leaf") return { steps: first.ok ? [] : [wrongStep(first)] };
  const leafFound = leafStep(proof.place, leaf);
  if (first.step !== "transaction") return { steps: [leafFound, wrongStep(first)] };
  const { id, root, signature, hasLanded } = proof.batch;
  const rootFound: Step = {
    step: "root",
    result: "right",
    words: `${hex.encode(root)} of batch ${id}, from that leaf`,
  };
  if (signature === undefined || !hasLanded) {
    const waits: Step = {
      step: "transaction",
      result: "waits",
      words: `batch ${id} is on its way: try again in a minute`,
    };
    return { steps: [leafFound, rootFound, waits] };
  }
  const last = await transactionStep(context, chain, evidence, signature);
  const link = last.result === "wrong" ? undefined : transactionUrl(signature as Signature, chain.cluster, chain.node);
  return { steps: [leafFound, rootFound, last], link };
}
