// The transaction that settled a batch, as a Solana node has it: final, or as good as that and soon.
import { isSignature } from "@solana/kit";
import type { Commitment } from "@solana/kit";
import type { TransactionAnswer } from "@aimo-network/escrow/verify-receipt-transaction";
import { sleep } from "@aimo-network/protocol/clock";
import { askNode } from "../chain/solana-node.ts";
import type { SolanaNode } from "../chain/solana-node.ts";
import type { CommandContext } from "../context.ts";
import { FINAL_POLL_MS, FINAL_WAIT_MS } from "../limits.ts";

/** What the node knows; `pending` where it has seen it and it is not final after all the time that takes. */
export type FoundTransaction = TransactionAnswer | "pending" | null;

async function fetchAt(node: SolanaNode, text: string, commitment: Commitment): Promise<TransactionAnswer | null> {
  if (!isSignature(text)) return null;
  if (commitment === "processed") return null; // no node answers at that
  const options = { encoding: "base64", maxSupportedTransactionVersion: 0, commitment } as const;
  return await askNode(node, node.rpc.getTransaction(text, options).send());
}

/** Asks for it, and waits for it to become final where it has landed a moment ago. */
export async function fetchSettlement(
  { clock, interrupted, terminal }: CommandContext,
  node: SolanaNode,
  signature: string,
): Promise<FoundTransaction> {
  const progress = terminal.progress(`Reading the transaction from ${new URL(node.url).origin}`);
  const untilMs = clock.monotonic() + FINAL_WAIT_MS;
  try {
    for (;;) {
      const found = await fetchAt(node, signature, "finalized");
      if (found !== null) return found;
      if ((await fetchAt(node, signature, "confirmed")) === null) return null;
      if (interrupted.aborted || clock.monotonic() >= untilMs) return "pending";
      progress.at("The transaction has landed; waiting until it is final");
      await sleep(clock, FINAL_POLL_MS, interrupted);
    }
  } finally {
    progress.done();
  }
}
