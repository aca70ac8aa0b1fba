// The steps of a verification that the chain decides, by a node that is asked for the transaction.
import type { Signature } from "@solana/kit";
import { transactionUrl } from "@aimo-network/escrow/clusters";
import { batchSteps, transactionStep } from "@aimo-network/escrow/proof/batch-steps";
import type { SettledProof } from "@aimo-network/escrow/proof/batch-steps";
import type { Step } from "@aimo-network/escrow/proof/proof-step";
import { openChain } from "../chain/open-chain.ts";
import type { CommandContext } from "../context.ts";
import type { Router } from "../network/find-router.ts";
import { fetchSettlement } from "./settlement-transaction.ts";

/** The steps, and where people see the transaction. */
export interface ChainFindings {
  readonly steps: readonly Step[];
  readonly link?: string | undefined;
}

/** Follows a settled answer from its leaf to the chain. */
export async function chainSteps(context: CommandContext, router: Router, proof: SettledProof): Promise<ChainFindings> {
  const chain = await openChain(context, router);
  const { steps, signature } = batchSteps(proof, chain);
  if (signature === undefined) return { steps };
  const { origin } = new URL(chain.node.url);
  const transaction = await fetchSettlement(context, chain.node, signature);
  const last = transactionStep(proof, chain, { signature, transaction, origin });
  const link = last.result === "wrong" ? undefined : transactionUrl(signature as Signature, chain.cluster, chain.node);
  return { steps: [...steps, last], link };
}
