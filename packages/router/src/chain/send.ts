// Sends signed transactions, and finds out what became of them: what is unknown stays unknown until it can never land.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { fetchSnapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import type { Snapshot } from "@aimo-network/escrow/accounts/fetch-accounts";
import { explainFailure } from "@aimo-network/escrow/failure";
import {
  SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE,
  SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED,
  SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND,
  isSolanaError,
} from "@solana/kit";
import type { Address, Base64EncodedWireTransaction, Blockhash, Rpc, Signature, SolanaRpcApi } from "@solana/kit";
import type { ChainSettings } from "./chain-settings.ts";
import type { Endpoints } from "./endpoints.ts";
import { FATES_PER_CALL_MAX } from "./limits.ts";

/** What a node knows of a transaction now; it may know less later. */
export type Fate =
  | "unknown"
  /** Executed in a block that may still be left behind. */
  | { readonly kind: "seen" }
  /** Executed in a block that most of the cluster has voted for. */
  | { readonly kind: "landed"; readonly slot: bigint; readonly atCommitment: boolean }
  /** Executed without effect; for good where `isFinal`. */
  | { readonly kind: "failed"; readonly error: unknown; readonly isFinal: boolean };

/** How long a transaction that is signed with a blockhash may land. */
export interface Lifetime {
  readonly blockhash: Blockhash;
  readonly lastValidBlockHeight: bigint;
}

/** A transaction as a node keeps it. */
export interface LandedTransaction {
  readonly slot: bigint;
  readonly logs: readonly string[];
  /** What it failed with; null where it did not. */
  readonly error: unknown;
}

/** Sends for this router, and knows what became of it. */
export interface Sender {
  latestBlockhash(): Promise<Lifetime>;
  /**
   * Sends signed bytes, once; what was sent before is sent with success. Throws what a node foresees: `escrow_refused` or
   * `transaction_failed`; `chain_unavailable` where none can be reached: then it may have arrived all the same.
   */
  submit(wire: Base64EncodedWireTransaction, options?: { readonly skipPreflight?: boolean }): Promise<void>;
  /** What became of transactions; `inHistory` also of old ones, such as those of an earlier run. */
  fates(signatures: readonly Signature[], options?: { readonly inHistory?: boolean }): Promise<readonly Fate[]>;
  /** Whether no node would execute a transaction of this lifetime any more; false where one does not answer. */
  isDeadEverywhere(lastValidBlockHeight: bigint): Promise<boolean>;
  /** A transaction at the commitment of the settings; undefined where no node has it. */
  transaction(signature: Signature): Promise<LandedTransaction | undefined>;
  /** Accounts as every node says they are for good; rejects where one does not answer. */
  everywhere(addresses: readonly Address[]): Promise<readonly Snapshot[]>;
}

type StatusRow = ReturnType<SolanaRpcApi["getSignatureStatuses"]>["value"][number];

/** What a node's row says. Nodes of old tell no status, but only what is final has no count of confirmations. */
function fateOf(row: StatusRow, commitment: ChainSettings["commitment"]): Fate {
  if (row === null) return "unknown";
  const status = row.confirmationStatus ?? (row.confirmations === null ? "finalized" : "processed");
  const isFinal = status === "finalized";
  if (row.err !== null) return { kind: "failed", error: row.err, isFinal };
  if (status === "processed") return { kind: "seen" };
  return { kind: "landed", slot: row.slot, atCommitment: isFinal || commitment === "confirmed" };
}

/** The reason of a preflight, or the error itself. */
function reasonOf(error: unknown): unknown {
  return isSolanaError(error, SOLANA_ERROR__JSON_RPC__SERVER_ERROR_SEND_TRANSACTION_PREFLIGHT_FAILURE)
    ? error.cause
    : error;
}

async function sendTo(
  rpc: Rpc<SolanaRpcApi>,
  wire: Base64EncodedWireTransaction,
  skipPreflight: boolean,
): Promise<void> {
  try {
    await rpc
      .sendTransaction(wire, { encoding: "base64", maxRetries: 0n, skipPreflight, preflightCommitment: "confirmed" })
      .send();
  } catch (error) {
    if (!isSolanaError(reasonOf(error), SOLANA_ERROR__TRANSACTION_ERROR__ALREADY_PROCESSED)) throw error;
  }
}

/** Sends to the first node that takes it; false where none does. */
async function sendToOneOf(
  each: Endpoints["each"],
  wire: Base64EncodedWireTransaction,
  skipPreflight: boolean,
): Promise<boolean> {
  for (const rpc of each) {
    const [outcome] = await Promise.allSettled([sendTo(rpc, wire, skipPreflight)]);
    if (outcome?.status === "fulfilled") return true;
  }
  return false;
}

function createSubmit({ any, each }: Endpoints, programAddress: Address): Sender["submit"] {
  return async (wire, { skipPreflight = false } = {}) => {
    try {
      await sendTo(any, wire, skipPreflight);
    } catch (reason) {
      if (isAimoError(reason)) throw reason;
      // A node that does not know the blockhash may be a little behind: the others are asked before it counts.
      const isUnknownHash = isSolanaError(reasonOf(reason), SOLANA_ERROR__TRANSACTION_ERROR__BLOCKHASH_NOT_FOUND);
      if (isUnknownHash && (await sendToOneOf(each, wire, skipPreflight))) return;
      const { error } = explainFailure({ error: reason }, programAddress);
      error.cause = reason;
      throw error;
    }
  };
}

function isThere<Value>(value: Value | undefined): value is Value {
  return value !== undefined;
}

/** Makes a sender. */
export function createSender(
  settings: Pick<ChainSettings, "commitment" | "programAddress">,
  endpoints: Endpoints,
): Sender {
  const { any, each } = endpoints;
  const { commitment, programAddress } = settings;
  const find = async (rpc: Rpc<SolanaRpcApi>, signature: Signature): Promise<LandedTransaction | undefined> => {
    const found = await rpc
      .getTransaction(signature, { commitment, encoding: "json", maxSupportedTransactionVersion: 0 })
      .send();
    if (found === null) return undefined;
    return { slot: found.slot, logs: found.meta?.logMessages ?? [], error: found.meta?.err ?? null };
  };
  return {
    async latestBlockhash() {
      return (await any.getLatestBlockhash({ commitment: "confirmed" }).send()).value;
    },
    submit: createSubmit(endpoints, programAddress),
    async fates(signatures, { inHistory = false } = {}) {
      const fates: Fate[] = [];
      for (let start = 0; start < signatures.length; start += FATES_PER_CALL_MAX) {
        const some = signatures.slice(start, start + FATES_PER_CALL_MAX);
        const { value } = await any.getSignatureStatuses(some, { searchTransactionHistory: inHistory }).send();
        fates.push(...some.map((_, index) => fateOf(value[index] ?? null, commitment)));
      }
      return fates;
    },
    async isDeadEverywhere(lastValidBlockHeight) {
      const heights = await Promise.allSettled(
        each.map((rpc) => rpc.getBlockHeight({ commitment: "finalized" }).send()),
      );
      return heights.every((height) => height.status === "fulfilled" && height.value > lastValidBlockHeight);
    },
    async transaction(signature) {
      const found = await find(any, signature);
      if (found !== undefined) return found;
      const others = await Promise.allSettled(each.map((rpc) => find(rpc, signature)));
      return others.map((other) => (other.status === "fulfilled" ? other.value : undefined)).find(isThere);
    },
    async everywhere(addresses) {
      try {
        return await Promise.all(each.map((rpc) => fetchSnapshot(rpc, addresses, { commitment: "finalized" })));
      } catch (cause) {
        throw isAimoError(cause) ? cause : new AimoError("chain_unavailable", {}, { cause });
      }
    },
  };
}
