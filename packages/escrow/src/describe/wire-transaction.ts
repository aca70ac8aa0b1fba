// A transaction's wire bytes, legacy or version 0, read as strictly as the chain reads them; arbitrary bytes included.
import { AccountRole, getAddressDecoder, getBase58Decoder } from "@solana/kit";
import type { Address, AddressesByLookupTableAddress } from "@solana/kit";
import { TRANSACTION_BYTES_MAX } from "../batch/pack.ts";

/** An account of a transaction; without an address where it is looked up in a table that is not known here. */
export interface WireAccount {
  readonly address: Address | undefined;
  readonly role: AccountRole;
  /** Where it is looked up. */
  readonly lookup?: { readonly table: Address; readonly index: number };
}

/** An instruction of a transaction. */
export interface WireInstruction {
  readonly programAddress: Address;
  readonly accounts: readonly WireAccount[];
  readonly data: Uint8Array;
}

/** A transaction as it is on the wire. */
export interface WireTransaction {
  readonly version: "legacy" | 0;
  /** What is signed. */
  readonly message: Uint8Array;
  /** Who has to sign, the fee payer first, with the 64 bytes in each one's place. */
  readonly signatures: readonly { readonly address: Address; readonly bytes: Uint8Array }[];
  /** A recent blockhash, or the value of a durable nonce. */
  readonly lifetimeToken: string;
  readonly instructions: readonly WireInstruction[];
}

/** Bytes that are no transaction, and why. */
class UnreadableBytes extends Error {}

function insistReadable(holds: boolean, reason: string): asserts holds {
  if (!holds) throw new UnreadableBytes(reason);
}

/** Bytes read from the front. */
class Reader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get rest(): Uint8Array {
    return this.#bytes.subarray(this.#offset);
  }

  take(count: number): Uint8Array {
    insistReadable(this.rest.length >= count, "it ends too early");
    this.#offset += count;
    return this.#bytes.subarray(this.#offset - count, this.#offset);
  }

  byte(): number {
    const [byte = 0] = this.take(1);
    return byte;
  }

  /** A length in Solana's short form: up to three bytes of seven bits, none of them for nothing. */
  length(): number {
    let length = 0;
    for (const shift of [0, 7, 14]) {
      const byte = this.byte();
      insistReadable(shift === 0 || byte !== 0, "a length is written longer than it has to be");
      length |= (byte & 0x7f) << shift;
      insistReadable(length <= 0xffff, "a length is above 65,535");
      if (byte < 0x80) return length;
    }
    throw new UnreadableBytes("a length is above 65,535");
  }

  address(): Address {
    return getAddressDecoder().decode(this.take(32));
  }

  many<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.length() }, read);
  }
}

interface Header {
  readonly signers: number;
  readonly readonlySigners: number;
  readonly readonlyOthers: number;
}

interface Lookup {
  readonly table: Address;
  readonly writable: readonly number[];
  readonly readonly: readonly number[];
}

interface Message {
  readonly version: "legacy" | 0;
  readonly header: Header;
  readonly named: readonly Address[];
  readonly lifetimeToken: string;
  readonly instructions: readonly { program: number; accounts: readonly number[]; data: Uint8Array }[];
  readonly lookups: readonly Lookup[];
}

function readMessage(bytes: Uint8Array): Message {
  const reader = new Reader(bytes);
  const first = reader.byte();
  const isVersioned = first >= 0x80;
  insistReadable(!isVersioned || first === 0x80, `it has the version ${first & 0x7f}, which is not known here`);
  const signers = isVersioned ? reader.byte() : first;
  const header = { signers, readonlySigners: reader.byte(), readonlyOthers: reader.byte() };
  const named = reader.many(() => reader.address());
  const lifetimeToken = getBase58Decoder().decode(reader.take(32));
  const instructions = reader.many(() => {
    const program = reader.byte();
    const accounts = [...reader.take(reader.length())];
    return { program, accounts, data: reader.take(reader.length()) };
  });
  const lookups = isVersioned ? reader.many(() => readLookup(reader)) : [];
  insistReadable(reader.rest.length === 0, "something follows its end");
  return { version: isVersioned ? 0 : "legacy", header, named, lifetimeToken, instructions, lookups };
}

function readLookup(reader: Reader): Lookup {
  const table = reader.address();
  const [writable, readonly] = [[...reader.take(reader.length())], [...reader.take(reader.length())]];
  insistReadable(writable.length + readonly.length > 0, "it has a lookup of nothing");
  return { table, writable, readonly };
}

function roleOf(isSigner: boolean, isWritable: boolean): AccountRole {
  if (isSigner) return isWritable ? AccountRole.WRITABLE_SIGNER : AccountRole.READONLY_SIGNER;
  return isWritable ? AccountRole.WRITABLE : AccountRole.READONLY;
}

/** All accounts in the order of their places: those named, then those looked up to be written, then the others. */
function accountsOf(message: Message, tables: AddressesByLookupTableAddress): WireAccount[] {
  const { header, named, lookups } = message;
  const { signers, readonlySigners, readonlyOthers } = header;
  insistReadable(signers + readonlyOthers <= named.length, "it has fewer accounts than its header says");
  insistReadable(readonlySigners < signers, "nobody pays its fee");
  const accounts = named.map((address, index): WireAccount => {
    const isSigner = index < signers;
    const isWritable = isSigner ? index < signers - readonlySigners : index < named.length - readonlyOthers;
    return { address, role: roleOf(isSigner, isWritable) };
  });
  const lookedUp = (isWritable: boolean): WireAccount[] =>
    lookups.flatMap(({ table, writable, readonly }) =>
      (isWritable ? writable : readonly).map((index) => {
        const address = Object.hasOwn(tables, table) ? tables[table]?.[index] : undefined;
        return { address, role: roleOf(false, isWritable), lookup: { table, index } };
      }),
    );
  const all = [...accounts, ...lookedUp(true), ...lookedUp(false)];
  insistReadable(all.length <= 256, "it has more than 256 accounts");
  const known = all.flatMap(({ address }) => (address === undefined ? [] : [address]));
  insistReadable(new Set(known).size === known.length, "it names an account twice");
  return all;
}

function readBytes(bytes: Uint8Array, tables: AddressesByLookupTableAddress): WireTransaction {
  insistReadable(bytes.length <= TRANSACTION_BYTES_MAX, `it is longer than ${TRANSACTION_BYTES_MAX} bytes`);
  const reader = new Reader(bytes);
  const signatures = reader.many(() => reader.take(64));
  const message = readMessage(reader.rest);
  const accounts = accountsOf(message, tables);
  const { signers } = message.header;
  insistReadable(signatures.length === signers, `it has ${signatures.length} places for ${signers} signatures`);
  const instructions = message.instructions.map((instruction): WireInstruction => {
    const { program, data } = instruction;
    const programAddress = message.named[program];
    insistReadable(program > 0 && programAddress !== undefined, "it calls a program that it does not name");
    const resolved = instruction.accounts.map((index) => {
      const account = accounts[index];
      insistReadable(account !== undefined, "an instruction has an account that the transaction does not");
      return account;
    });
    return { programAddress, accounts: resolved, data };
  });
  return {
    version: message.version,
    message: reader.rest,
    signatures: signatures.map((signature, index) => ({ address: message.named[index] as Address, bytes: signature })),
    lifetimeToken: message.lifetimeToken,
    instructions,
  };
}

/** Reads a transaction; says why where the bytes are none that the chain would take. */
export function readWireTransaction(
  bytes: Uint8Array,
  tables: AddressesByLookupTableAddress = {},
): WireTransaction | { readonly reason: string } {
  try {
    return readBytes(bytes, tables);
  } catch (error) {
    if (error instanceof UnreadableBytes) return { reason: error.message };
    throw error;
  }
}
