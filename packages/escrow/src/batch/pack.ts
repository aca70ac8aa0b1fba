// Packs entries of settlement batches into transactions: as many as the chain's limits let through, in the order given.
import type { Address } from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import type { BatchEntry } from "../build/foresee-batch.ts";
import { insistOnAmount } from "../build/requirements.ts";
import { ENTRIES_MAX } from "../program-bounds.ts";
import { refusal } from "../refusal.ts";

/** The bytes a transaction may have: what fits one packet. */
export const TRANSACTION_BYTES_MAX = 1_232;
/** The accounts a transaction may lock, those of lookup tables included. */
export const LOCKED_ACCOUNTS_MAX = 64;
// How many batches are looked at for room: with more, packing many entries would take the square of their number.
const OPEN_BATCHES_MAX = 16;

/** A lookup table, and those of its addresses that can be looked up now. */
export interface UsableTable {
  readonly address: Address;
  readonly addresses: readonly Address[];
}

/** Where an address is looked up. */
export interface AddressPlace {
  readonly table: Address;
  readonly index: number;
}

/** Entries that fit one transaction. */
export interface PackedBatch {
  readonly entries: readonly BatchEntry[];
  /** The accounts that are looked up; all others are named in full. */
  readonly lookups: ReadonlyMap<Address, AddressPlace>;
  /** The size of the signed transaction with both compute budget instructions. */
  readonly transactionBytes: number;
  readonly lockedAccounts: number;
}

/** What all batches have in common. */
export interface PackOptions {
  readonly settler: Address;
  /** Who pays the fee; the settler where nobody is named. */
  readonly feePayer?: Address;
  readonly config: Address;
  readonly tables?: readonly UsableTable[];
}

// Those that are called: the escrow program, wherever it is deployed, and the compute budget.
const PROGRAMS = 2;
const SIGNATURE_BYTES = 64;
const ADDRESS_BYTES = 32;
const ENTRY_BYTES = 14;
// What every transaction has: the count of signatures, version, header, count of addresses, blockhash, count of
// instructions, and the count of tables.
const ENVELOPE_BYTES = 1 + 1 + 3 + 1 + 32 + 1 + 1;
// SetComputeUnitLimit and SetComputeUnitPrice: program, no accounts, length, data.
const BUDGET_BYTES = 8 + 12;
// settle_batch without its accounts' places and entries: program, and its data's number, root, batch id and count.
const SETTLE_BYTES = 1 + 42;
// A table's address, its count of writable places, and its count of read-only ones.
const TABLE_BYTES = 32 + 1 + 1;

/** How many bytes a length takes in Solana's short form. */
function lengthBytes(length: number): number {
  return length < 0x80 ? 1 : 2;
}

/** A batch that may take further entries. */
class OpenBatch {
  readonly index: number;
  readonly entries: BatchEntry[] = [];
  readonly #fixedAccounts: number;
  readonly #signers: number;
  readonly #homes: ReadonlyMap<Address, AddressPlace>;
  readonly #accounts = new Set<Address>();
  /** How many of the accounts each table has. */
  readonly #held = new Map<Address, number>();

  constructor(index: number, options: PackOptions, homes: ReadonlyMap<Address, AddressPlace>) {
    const signers = new Set([options.settler, options.feePayer ?? options.settler]);
    this.index = index;
    this.#signers = signers.size;
    this.#fixedAccounts = signers.size + PROGRAMS;
    this.#homes = homes;
    this.#take(options.config);
  }

  #take(address: Address): void {
    if (this.#accounts.has(address)) return;
    this.#accounts.add(address);
    const table = this.#homes.get(address)?.table;
    if (table !== undefined) this.#held.set(table, (this.#held.get(table) ?? 0) + 1);
  }

  add(entry: BatchEntry): void {
    this.entries.push(entry);
    this.#take(entry.escrow);
    this.#take(entry.provider);
  }

  /** Whether the limits let this entry in as well. */
  fits(entry: BatchEntry): boolean {
    if (this.entries.length >= ENTRIES_MAX) return false;
    const added = [...new Set([entry.escrow, entry.provider])].filter((address) => !this.#accounts.has(address));
    const accounts = this.#accounts.size + added.length;
    if (this.#fixedAccounts + accounts > LOCKED_ACCOUNTS_MAX) return false;
    const held = new Map(this.#held);
    for (const address of added) {
      const table = this.#homes.get(address)?.table;
      if (table !== undefined) held.set(table, (held.get(table) ?? 0) + 1);
    }
    return this.#bytesOf(this.entries.length + 1, accounts, held) <= TRANSACTION_BYTES_MAX;
  }

  close(): PackedBatch {
    const lookups = new Map<Address, AddressPlace>();
    for (const address of this.#accounts) {
      const place = this.#homes.get(address);
      if (place !== undefined && isWorthwhile(this.#held.get(place.table) ?? 0)) lookups.set(address, place);
    }
    return {
      entries: this.entries,
      lookups,
      transactionBytes: this.#bytesOf(this.entries.length, this.#accounts.size, this.#held),
      lockedAccounts: this.#fixedAccounts + this.#accounts.size,
    };
  }

  #bytesOf(entries: number, accounts: number, held: ReadonlyMap<Address, number>): number {
    const used = [...held.values()].filter((count) => isWorthwhile(count));
    const lookedUp = used.reduce((sum, count) => sum + count, 0);
    const named = this.#fixedAccounts + accounts - lookedUp;
    const places = accounts + 1; // the settler, the config and the ledger accounts
    const data = 42 + entries * ENTRY_BYTES;
    return (
      ENVELOPE_BYTES +
      this.#signers * SIGNATURE_BYTES +
      named * ADDRESS_BYTES +
      BUDGET_BYTES +
      (SETTLE_BYTES + lengthBytes(places) + places + lengthBytes(data) + entries * ENTRY_BYTES) +
      (used.length * TABLE_BYTES + lookedUp)
    );
  }
}

/** Looking one address up takes more bytes than naming it. */
function isWorthwhile(count: number): boolean {
  return count > 1;
}

/** Where each address is looked up: in the first table that has it. */
function homesOf(tables: readonly UsableTable[]): Map<Address, AddressPlace> {
  const homes = new Map<Address, AddressPlace>();
  for (const table of tables) {
    for (const [index, address] of table.addresses.entries()) {
      if (!homes.has(address)) homes.set(address, { table: table.address, index });
    }
  }
  return homes;
}

/** Refuses entries of one escrow that are not numbered upwards without a gap. */
function insistInSequence(last: number, entry: BatchEntry): void {
  assert(entry.seq > last, "an escrow's entries are packed in the order of their numbers, each once");
  if (entry.seq === last + 1) return;
  throw refusal("SeqGap", { expected: `${last + 1} as the next number of ${entry.escrow}`, found: `${entry.seq}` });
}

/**
 * Packs entries into as few transactions as their order lets through. What comes first gets into the first batch that
 * has room; entries of one escrow have to come in the order of their numbers, and no later one is in an earlier batch.
 */
export function packEntries(entries: readonly BatchEntry[], options: PackOptions): PackedBatch[] {
  const homes = homesOf(options.tables ?? []);
  const batches: OpenBatch[] = [];
  const lastOf = new Map<Address, { seq: number; batch: number }>();
  for (const entry of entries) {
    insistOnAmount(entry.amount);
    const last = lastOf.get(entry.escrow);
    if (last !== undefined) insistInSequence(last.seq, entry);
    const earliest = Math.max(last?.batch ?? 0, batches.length - OPEN_BATCHES_MAX, 0);
    let batch = batches.slice(earliest).find((open) => open.fits(entry));
    if (batch === undefined) {
      batch = new OpenBatch(batches.length, options, homes);
      batches.push(batch);
    }
    batch.add(entry);
    lastOf.set(entry.escrow, { seq: entry.seq, batch: batch.index });
  }
  return batches.map((batch) => batch.close());
}
