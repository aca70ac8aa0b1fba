// Which accounts a transaction may change, and its signature, read from the bytes that are sent.
import type { Address } from "@solana/kit";
import {
  getAddressDecoder,
  getBase58Decoder,
  getBase64Encoder,
  getCompiledTransactionMessageDecoder,
  getTransactionDecoder,
} from "@solana/kit";

/** A transaction on its way. */
export interface SentTransaction {
  /** In base58. */
  readonly signature: string;
  /** Accounts named in the transaction itself that it may change. */
  readonly writable: readonly Address[];
  /** Tables it looks further ones up in, and where. */
  readonly lookups: readonly { readonly table: Address; readonly indexes: readonly number[] }[];
}

const TABLE_HEAD_BYTES = 56; // what stands before the addresses of a lookup table
const ADDRESS_BYTES = 32;

/** Reads a transaction from its base64; undefined where it is none. */
export function readTransaction(wire: string): SentTransaction | undefined {
  try {
    const { messageBytes, signatures } = getTransactionDecoder().decode(getBase64Encoder().encode(wire));
    const [signature] = Object.values(signatures);
    const message = getCompiledTransactionMessageDecoder().decode(messageBytes);
    if (signature === null || signature === undefined || !("staticAccounts" in message)) return undefined;
    const { numSignerAccounts, numReadonlySignerAccounts, numReadonlyNonSignerAccounts } = message.header;
    const total = message.staticAccounts.length;
    const isWritable = (index: number): boolean =>
      index < numSignerAccounts
        ? index < numSignerAccounts - numReadonlySignerAccounts
        : index < total - numReadonlyNonSignerAccounts;
    const lookups = "addressTableLookups" in message ? (message.addressTableLookups ?? []) : [];
    return {
      signature: getBase58Decoder().decode(signature),
      writable: message.staticAccounts.filter((_, index) => isWritable(index)),
      lookups: lookups.map((lookup) => ({ table: lookup.lookupTableAddress, indexes: lookup.writableIndexes })),
    };
  } catch {
    return undefined;
  }
}

/** The addresses at these places of a lookup table's data. */
export function readLookups(table: Uint8Array, indexes: readonly number[]): Address[] {
  return indexes.flatMap((index) => {
    const start = TABLE_HEAD_BYTES + index * ADDRESS_BYTES;
    const bytes = table.subarray(start, start + ADDRESS_BYTES);
    return bytes.length === ADDRESS_BYTES ? [getAddressDecoder().decode(bytes)] : [];
  });
}
