// A packed batch as the instructions of its transaction: the budget for its compute units, then the settlement.
import { getSetComputeUnitLimitInstruction, getSetComputeUnitPriceInstruction } from "@solana-program/compute-budget";
import type { AccountLookupMeta, Instruction, ReadonlyUint8Array, TransactionSigner } from "@solana/kit";
import { AccountRole } from "@solana/kit";
import type { RouterPlace } from "../addresses.ts";
import { settleInstruction } from "../build/settle-batch.ts";
import type { PackedBatch } from "./pack.ts";

// Measured on the real program (pack.test.ts): a batch takes about 1,000 units and under 300 for each entry. What the
// program promises is 500, so that a batch that has to write down more does not run out.
const UNITS_BASE = 3_000;
const UNITS_PER_ENTRY = 500;

/** What a batch is settled with. */
export interface BatchInstructionsInput {
  readonly settler: TransactionSigner;
  readonly router: RouterPlace;
  /** 32 bytes that commit to whatever the router can prove about the batch. */
  readonly root: ReadonlyUint8Array;
  readonly batchId: bigint;
  /** In micro-lamports for each compute unit. */
  readonly computeUnitPrice: bigint;
}

/** The compute units to ask for: the priority fee is this times the price, used or not. */
export function unitsFor(entries: number): number {
  return UNITS_BASE + entries * UNITS_PER_ENTRY;
}

/** The instructions of a batch's transaction, with the accounts that are looked up marked as such. */
export function batchInstructions(batch: PackedBatch, input: BatchInstructionsInput): Instruction[] {
  const { settler, router, root, batchId, computeUnitPrice } = input;
  const settle = settleInstruction({ settler, router, root, batchId, entries: batch.entries });
  const accounts = (settle.accounts ?? []).map((meta) => {
    const place = batch.lookups.get(meta.address);
    if (place === undefined) return meta;
    const looked: AccountLookupMeta = {
      address: meta.address,
      addressIndex: place.index,
      lookupTableAddress: place.table,
      role: AccountRole.WRITABLE,
    };
    return looked;
  });
  return [
    getSetComputeUnitLimitInstruction({ units: unitsFor(batch.entries.length) }),
    getSetComputeUnitPriceInstruction({ microLamports: computeUnitPrice }),
    { ...settle, accounts },
  ];
}
