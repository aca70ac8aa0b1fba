// Whether a transaction on the chain settled a batch: read from what its settler signed, and from what the program logged.
import {
  getBase16Decoder,
  getBase58Decoder,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  isSolanaError,
} from "@solana/kit";
import type { Address, AddressesByLookupTableAddress, ReadonlyUint8Array } from "@solana/kit";
import { readWireTransaction } from "./describe/wire-transaction.ts";
import type { WireInstruction, WireTransaction } from "./describe/wire-transaction.ts";
import { explainFailure } from "./failure.ts";
import type { RouterPlace } from "./addresses.ts";
import {
  SETTLE_BATCH_DISCRIMINATOR,
  getSettleBatchInstructionDataDecoder,
} from "./generated/instructions/settleBatch.ts";
import type { SettleBatchInstructionData } from "./generated/instructions/settleBatch.ts";
import { readSettleLog } from "./logs/settle-events.ts";

/** A transaction as `getTransaction` gives it in base64. */
export interface TransactionAnswer {
  readonly transaction: readonly [string, "base64"];
  readonly meta: {
    // oxlint-disable-next-line id-denylist -- the name that nodes give it
    readonly err: unknown;
    readonly logMessages?: readonly string[] | null;
    /** What it looked up in tables; only where the node was asked for version 0 too. */
    readonly loadedAddresses?: { readonly writable: readonly Address[]; readonly readonly: readonly Address[] };
  } | null;
}

/** The batch that a router says it settled. */
export interface ClaimedBatch {
  readonly batchId: bigint;
  readonly root: ReadonlyUint8Array;
  /** Of the transaction; without it, any transaction with the batch will do. */
  readonly signature?: string;
}

/** What was expected and what was found instead. */
export interface Mismatch {
  readonly expected: string;
  readonly found: string;
}

// settle_batch's data up to its entries: number, root, batch id, and the count of entries (docs/escrow.md).
const HEAD_BYTES = 42;
const ENTRY_BYTES = 14;

/** Bytes as lower-case hex. */
export function hexOf(bytes: ReadonlyUint8Array): string {
  return getBase16Decoder().decode(bytes);
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(getBase64Encoder().encode(base64));
  } catch (error) {
    if (isSolanaError(error)) return undefined;
    throw error;
  }
}

/** The tables of a transaction, as far as it looked into them: a node gives all written addresses first, table by table. */
function tablesOf(
  message: Uint8Array,
  loaded: NonNullable<TransactionAnswer["meta"]>["loadedAddresses"],
): AddressesByLookupTableAddress {
  const compiled = getCompiledTransactionMessageDecoder().decode(message);
  if (loaded === undefined || !("addressTableLookups" in compiled)) return {};
  const tables: Record<Address, Address[]> = {};
  const [writable, readonly] = [loaded.writable.values(), loaded.readonly.values()];
  const take = (table: Address[], indexes: readonly number[], addresses: Iterator<Address>): void => {
    for (const index of indexes) {
      const next = addresses.next();
      if (next.done !== true) table[index] = next.value;
    }
  };
  for (const { lookupTableAddress, writableIndexes, readonlyIndexes } of compiled.addressTableLookups ?? []) {
    const table = tables[lookupTableAddress] ?? [];
    take(table, writableIndexes, writable);
    take(table, readonlyIndexes, readonly);
    tables[lookupTableAddress] = table;
  }
  return tables;
}

/** Reads a transaction with the accounts that it looked up. */
function readAnswer({ transaction, meta }: TransactionAnswer): WireTransaction | { readonly reason: string } {
  const bytes = bytesOf(transaction[0]);
  if (bytes === undefined) return { reason: "it is not base64" };
  const read = readWireTransaction(bytes);
  return "reason" in read ? read : readWireTransaction(bytes, tablesOf(read.message, meta?.loadedAddresses));
}

function readSettlement(
  { programAddress, accounts, data }: WireInstruction,
  router: RouterPlace,
): SettleBatchInstructionData | undefined {
  if (programAddress !== router.programAddress || data[0] !== SETTLE_BATCH_DISCRIMINATOR) return undefined;
  if (data.length !== HEAD_BYTES + ENTRY_BYTES * (data[HEAD_BYTES - 1] ?? 0)) return undefined;
  if (accounts[1]?.address !== router.address) return undefined;
  return getSettleBatchInstructionDataDecoder().decode(data);
}

function batchWords({ batchId, root }: ClaimedBatch): string {
  return `batch ${batchId} with the root ${hexOf(root)}`;
}

/** What of a transaction's log is not as the batch's settlement logs it; undefined where all is, or the log was cut. */
function logMismatch(logs: readonly string[], batch: ClaimedBatch, router: RouterPlace): Mismatch | undefined {
  if (logs.length === 0) return undefined; // a node may keep none
  const { batches, isWhole } = readSettleLog(logs, router.programAddress);
  const logged = batches.map(({ batchId, root }) => batchWords({ batchId, root }));
  const wanted = batchWords(batch);
  if (!isWhole || logged.includes(wanted)) return undefined;
  return { expected: `${wanted} in what the escrow program logged`, found: logged.join(", ") || "no batch there" };
}

/** What is wrong with a transaction that is said to have settled a batch of a router; undefined where nothing is. */
export function settlementMismatch(
  answer: TransactionAnswer | null,
  batch: ClaimedBatch,
  router: RouterPlace,
): Mismatch | undefined {
  const named = batch.signature === undefined ? "the batch's transaction" : `the transaction ${batch.signature}`;
  if (answer === null || answer.meta === null) {
    return {
      expected: `${named} on the chain`,
      found: "nothing that the node knows of it: ask again when it is final, or another node",
    };
  }
  const read = readAnswer(answer);
  if ("reason" in read) return { expected: named, found: `bytes that are no transaction: ${read.reason}` };
  const [first] = read.signatures;
  const signature = first === undefined ? "" : getBase58Decoder().decode(first.bytes);
  if (batch.signature !== undefined && signature !== batch.signature) {
    return { expected: named, found: `the transaction ${signature}` };
  }
  const { err: error } = answer.meta;
  const logs = answer.meta.logMessages ?? [];
  if (error !== null) {
    const programs = read.instructions.map(({ programAddress }) => programAddress);
    const failure = explainFailure({ error, logs, programs }, router.programAddress);
    return {
      expected: "a transaction that succeeded",
      found: `one that failed and settled nothing. ${failure.error.message}`,
    };
  }
  const settled = read.instructions
    .map((instruction) => readSettlement(instruction, router))
    .filter((data) => data !== undefined)
    .map(({ batchId, root }) => batchWords({ batchId, root }));
  const wanted = batchWords(batch);
  if (!settled.includes(wanted)) {
    const expected = `${wanted}, settled for the router at ${router.address}`;
    return { expected, found: settled.join(", ") || "a transaction that settles nothing for that router" };
  }
  return logMismatch(logs, batch, router);
}
