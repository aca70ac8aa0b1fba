// What became of a transaction that was sent, and the faults where it did not land.
import type { Address, Signature } from "@solana/kit";
import { explainFailure } from "@aimo-network/escrow/failure";
import type { FailedTransaction } from "@aimo-network/escrow/failure";
import { isAimoError } from "@aimo-network/protocol/errors";
import { safeLine } from "@aimo-network/protocol/safe-line";
import { CommandFault } from "../fault.ts";

/** A transaction that has landed. */
export interface Landed {
  readonly signature: Signature;
  readonly status: "confirmed" | "finalized";
}

// Of the reasons of explainFailure, which routers tell too: those that more SOL or USDC would mend.
const OUT_OF_FUNDS = /has (?:no|too little) SOL|less SOL than its rent|holds too few tokens/;
// How nodes and routers say that its blockhash is too old.
const EXPIRED = /\bit has expired\b|\bexpired before it landed\b/i;

/** The fault of a transaction that had no effect, for a reason in words. */
export function rejected(why: string, code: string, cause?: unknown): CommandFault {
  if (EXPIRED.test(why)) return expired();
  const isPoor = OUT_OF_FUNDS.test(why);
  const lacks = /SOL/.test(why) ? "SOL" : "USDC";
  return new CommandFault(
    {
      what: "The transaction was rejected: nothing has moved.",
      why: safeLine(why),
      next: isPoor
        ? `Send ${lacks} to the wallet (aimo wallet show), then run the same again.`
        : "Run the same again once that is mended.",
      reason: isPoor ? "funds" : "refused",
      code: isPoor ? `insufficient_${lacks.toLowerCase()}` : code,
    },
    { cause },
  );
}

/** The same from what a node says of it. */
export function rejectedByChain(failure: FailedTransaction, programAddress: Address): CommandFault {
  const { error, name } = explainFailure(failure, programAddress);
  const why = isAimoError(error, "transaction_failed")
    ? `${error.context.program ?? "the chain"} says that ${error.context.reason}; ${error.context.advice}.`
    : error.message;
  return rejected(why, name ?? error.code, failure.error);
}

/** The fault of a transaction whose time is over. */
export function expired(): CommandFault {
  return new CommandFault({
    what: "The transaction has expired: it can never land, and nothing has moved.",
    why: "a transaction lives about a minute from when it was made, and none of its sends was taken.",
    next: "Run the same again, and answer within a minute; where it is so again, the chain is crowded: try another node (--rpc-url).",
    reason: "refused",
    code: "transaction_expired",
  });
}

/** The fault of a transaction of which is not known what became. */
export function unsettled(signature: Signature, why: string, look: string, cause?: unknown): CommandFault {
  return new CommandFault(
    {
      what: `Sent, but what became of it is not known yet: transaction ${signature}.`,
      why,
      next: look,
      reason: "unsettled",
      code: "unsettled",
    },
    { cause },
  );
}
