// What is sent and by which node, and what can become of it.
import type {
  Address,
  Base64EncodedWireTransaction,
  GetBlockHeightApi,
  GetSignatureStatusesApi,
  GetTransactionApi,
  Rpc,
  SendTransactionApi,
  Signature,
} from "@solana/kit";
import type { Clock } from "@aimo-network/protocol/clock";
import type { FailedTransaction } from "../failure.ts";

/** A transaction that everybody has signed. */
export interface SignedTransaction {
  readonly wire: Base64EncodedWireTransaction;
  /** By which the chain knows it: the fee payer's. */
  readonly signature: Signature;
  /** The programs of its instructions, in order, for whoever has to say which one refused. */
  readonly programs: readonly Address[];
}

/** What is sent. */
export interface SentTransaction extends SignedTransaction {
  /** Absent where nobody but a router has said it: whoever calls a transaction over too early has it paid twice. */
  readonly lastValidBlockHeight?: bigint;
}

/** A node, and how long it is waited for. */
export interface LandingSite {
  readonly rpc: Rpc<SendTransactionApi & GetBlockHeightApi & GetSignatureStatusesApi & GetTransactionApi>;
  readonly clock: Clock;
  /** Ends the waiting, not the transaction. */
  readonly signal: AbortSignal;
  /** Whether an error of `rpc` says that the node has given no answer, so that the transaction may be on its way. */
  isAway(error: unknown): boolean;
  /** The first send is over. */
  onSent?(): void;
}

/** It has landed, and most of the cluster has voted for it. */
export interface LandedVerdict {
  readonly kind: "landed";
  readonly signature: Signature;
  readonly status: "confirmed" | "finalized";
}

/** What became of a transaction. */
export type LandingVerdict =
  | LandedVerdict
  /** It had no effect; `explainFailure` says why. */
  | { readonly kind: "rejected"; readonly failure: FailedTransaction }
  /** It can never land. */
  | { readonly kind: "expired" }
  | {
      /** Nobody can tell yet: it must not be paid again before somebody has looked. */
      readonly kind: "unknown";
      readonly why: "interrupted" | "unanswered" | "unconfirmed";
      /** What the node said last in place of an answer; undefined where it has answered everything. */
      readonly cause: unknown;
    };
