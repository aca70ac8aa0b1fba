// A receipt's check with the node of this browser's choice: the part that needs @solana/kit, loaded where it is needed.
import { isAddress, isSignature } from "@solana/kit";
import { routerPlace } from "@aimo-network/escrow/addresses";
import type { SettlingRouter } from "@aimo-network/escrow/proof/batch-steps";
import { ConsoleFault } from "../../api/fault-words.ts";
import { loadChain } from "../../signing/chain-place.ts";
import { explorerLink } from "../../signing/explorer-link.ts";
import { checkReceipt } from "./check-receipt.ts";
import type { CheckedReceipt, ReceiptNode } from "./check-receipt.ts";
import type { Findings } from "./check-steps.ts";

const OTHER_ROUTER = "This router says that it is another one than the one you have signed for in this browser.";

/** What was found, and where a person sees the transaction. */
export interface LookedAt extends Findings {
  readonly link?: string;
}

/** What is checked, with the address of the escrow program as the router tells it. */
export interface AskedReceipt extends Omit<CheckedReceipt, "openNode" | "router"> {
  readonly programId: string | undefined;
}

async function placeOf({ programId, routerId }: AskedReceipt): Promise<SettlingRouter | undefined> {
  if (programId === undefined || !isAddress(programId) || !isAddress(routerId)) return undefined;
  return { routerId, place: await routerPlace({ programAddress: programId, routerId }) };
}

/** Checks it, and asks the chosen node for the transaction where there is one to ask for. */
export async function lookAtReceipt(asked: AskedReceipt): Promise<LookedAt> {
  let linkTo: ((signature: string) => string | undefined) | undefined;
  const openNode = async (): Promise<ReceiptNode> => {
    const { rpc, rpcUrl, cluster, isDisputed } = await loadChain();
    if (isDisputed === true) throw new ConsoleFault(OTHER_ROUTER, "Ask its operator, by another way than this page.");
    const options = { encoding: "base64", maxSupportedTransactionVersion: 0 } as const;
    linkTo = (signature) => explorerLink("tx", signature, { cluster, rpcUrl });
    return {
      origin: new URL(rpcUrl).origin,
      async settlement(signature) {
        if (!isSignature(signature)) return null;
        const final = await rpc.getTransaction(signature, { ...options, commitment: "finalized" }).send();
        if (final !== null) return final;
        const landed = await rpc.getTransaction(signature, { ...options, commitment: "confirmed" }).send();
        return landed === null ? null : "pending";
      },
    };
  };
  const findings = await checkReceipt({ ...asked, router: await placeOf(asked), openNode });
  const { signature } = findings;
  const link = signature === undefined || !isSignature(signature) ? undefined : linkTo?.(signature);
  return { ...findings, ...(link !== undefined && { link }) };
}
