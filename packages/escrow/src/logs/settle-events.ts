// What settle_batch logged: a cross-check of a batch; the truth is the change of the accounts (docs/escrow.md).
import { getBase64Encoder, isSolanaError } from "@solana/kit";
import type { Address, ReadonlyUint8Array } from "@solana/kit";
import { microUsdc } from "@aimo-network/protocol/money";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { getSettleEventDecoder } from "../generated/types/settleEvent.ts";
import { AMOUNT_MAX, ENTRIES_MAX } from "../program-bounds.ts";
import { readInvocations } from "./invocations.ts";

/** What a batch did. */
export interface SettledBatch {
  readonly batchId: bigint;
  readonly root: ReadonlyUint8Array;
  readonly feeBps: number;
  /** What was applied for each entry, in order; `no_op` where its number had been consumed before. */
  readonly applied: readonly (MicroUsdc | "no_op")[];
  /** Which of the transaction's instructions settled it, counted from 0 among those that log. */
  readonly ordinal: number;
}

/** The batches of a transaction. */
export interface SettleLog {
  readonly batches: readonly SettledBatch[];
  /** False where the log was cut: then there may be more batches than these. */
  readonly isWhole: boolean;
}

const EVENT_KIND = 1;
const HEAD_BYTES = 43;
const NO_OP = 2n ** 64n - 1n;

function bytesOf(base64: string): ReadonlyUint8Array | undefined {
  try {
    return getBase64Encoder().encode(base64);
  } catch (error) {
    if (isSolanaError(error)) return undefined; // no base64: no line of the runtime
    throw error;
  }
}

function readEvent(base64: string, ordinal: number): SettledBatch | undefined {
  const bytes = bytesOf(base64);
  if (bytes === undefined || bytes[0] !== EVENT_KIND) return undefined;
  const count = (bytes.length - HEAD_BYTES) / 8;
  if (!Number.isInteger(count) || count < 1 || count > ENTRIES_MAX) return undefined;
  const { batchId, root, feeBps, applied } = getSettleEventDecoder().decode(bytes);
  if (applied.some((amount) => amount !== NO_OP && amount > AMOUNT_MAX)) return undefined;
  return {
    batchId,
    root,
    feeBps,
    applied: applied.map((amount) => (amount === NO_OP ? "no_op" : microUsdc(amount))),
    ordinal,
  };
}

/**
 * The batches that a transaction's log tells of. Only what this deployment of the escrow program itself logged is
 * believed, and nothing of a transaction in which a call failed: then nothing was settled.
 */
export function readSettleLog(logs: readonly string[], programAddress: Address): SettleLog {
  const { invocations, failed, isWhole } = readInvocations(logs);
  if (failed !== undefined) return { batches: [], isWhole };
  const batches = invocations
    .filter(({ program, outcome }) => program === programAddress && outcome === "success")
    .flatMap(({ data, ordinal }) => data.map((line) => readEvent(line, ordinal)))
    .filter((batch) => batch !== undefined);
  return { batches, isWhole };
}
