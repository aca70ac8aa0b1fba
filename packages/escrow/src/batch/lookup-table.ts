// Lookup tables, by which a batch names many accounts in few bytes: reading, making, growing and retiring them.
import {
  ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS,
  findAddressLookupTablePda,
  getAddressLookupTableDecoder,
  getCloseLookupTableInstruction,
  getCreateLookupTableInstruction,
  getDeactivateLookupTableInstruction,
  getExtendLookupTableInstruction,
} from "@solana-program/address-lookup-table";
import type { Address, Instruction, TransactionSigner } from "@solana/kit";
import { unwrapOption } from "@solana/kit";
import { assert } from "@aimo-network/protocol/assert";
import type { AccountReading } from "../accounts/read-account.ts";
import type { UsableTable } from "./pack.ts";

/** The addresses a table may have. */
export const TABLE_ADDRESSES_MAX = 256;
/** The addresses one transaction adds, whoever pays for it and with a priority fee. */
export const EXTENSION_ADDRESSES_MAX = 25;
/** A table can be closed this many slots after it was deactivated: when no recent blockhash is older than that. */
export const DEACTIVATION_SLOTS = 513n;

const NEVER = 2n ** 64n - 1n;
const TABLE_KIND = 1;
const HEAD_BYTES = 56;

/** A lookup table as it was read. */
export interface LookupTable {
  readonly address: Address;
  /** Who may extend and close it; nobody where it is frozen. */
  readonly authority: Address | undefined;
  readonly addresses: readonly Address[];
  /** Undefined while it is in use. */
  readonly deactivatedAt: bigint | undefined;
  readonly lastExtendedSlot: bigint;
  /** How many addresses it had before its last extension. */
  readonly settledCount: number;
}

/** The lookup table in an account; undefined where there is none. */
export function readLookupTable(account: AccountReading): LookupTable | undefined {
  if (!account.exists || account.programAddress !== ADDRESS_LOOKUP_TABLE_PROGRAM_ADDRESS) return undefined;
  if (account.data.length < HEAD_BYTES || account.data[0] !== TABLE_KIND) return undefined;
  const table = getAddressLookupTableDecoder().decode(account.data);
  return {
    address: account.address,
    authority: unwrapOption(table.authority) ?? undefined,
    addresses: table.addresses,
    deactivatedAt: table.deactivationSlot === NEVER ? undefined : table.deactivationSlot,
    lastExtendedSlot: table.lastExtendedSlot,
    settledCount: table.lastExtendedSlotStartIndex,
  };
}

/** What of a table can be looked up in this slot: nothing once it is deactivated, and not what this slot added. */
export function usableTable(table: LookupTable, slot: bigint): UsableTable {
  const { address, addresses } = table;
  if (table.deactivatedAt !== undefined) return { address, addresses: [] };
  return { address, addresses: slot > table.lastExtendedSlot ? addresses : addresses.slice(0, table.settledCount) };
}

/** Whether a deactivated table may be closed. */
export function isClosable(table: LookupTable, slot: bigint): boolean {
  return table.deactivatedAt !== undefined && slot >= table.deactivatedAt + DEACTIVATION_SLOTS;
}

/** Who may change a table, and who pays. */
export interface TableParties {
  readonly authority: TransactionSigner;
  readonly payer: TransactionSigner;
}

/** The instruction that makes an empty table, and where that will be. `recentSlot` is one of the last 500 or so. */
export async function buildCreateTable(
  input: TableParties & { readonly recentSlot: bigint },
): Promise<{ readonly table: Address; readonly instructions: readonly Instruction[] }> {
  const { authority, payer, recentSlot } = input;
  const derived = await findAddressLookupTablePda({ authority: authority.address, recentSlot });
  const create = getCreateLookupTableInstruction({
    address: derived,
    authority: authority.address,
    payer,
    recentSlot,
  });
  return { table: derived[0], instructions: [create] };
}

/** The instructions that add addresses to a table, one transaction each; those that are there already are left out. */
export function buildExtendTable(
  input: TableParties & {
    readonly table: Pick<LookupTable, "address" | "addresses">;
    readonly added: readonly Address[];
  },
): Instruction[] {
  const { authority, payer, table } = input;
  const there = new Set(table.addresses);
  const added = [...new Set(input.added)].filter((address) => !there.has(address));
  const total = there.size + added.length;
  assert(total <= TABLE_ADDRESSES_MAX, `a lookup table has at most ${TABLE_ADDRESSES_MAX} addresses`);
  const instructions: Instruction[] = [];
  for (let start = 0; start < added.length; start += EXTENSION_ADDRESSES_MAX) {
    const addresses = added.slice(start, start + EXTENSION_ADDRESSES_MAX);
    instructions.push(getExtendLookupTableInstruction({ address: table.address, authority, payer, addresses }));
  }
  return instructions;
}

/** The instruction that takes a table out of use. */
export function buildDeactivateTable(input: {
  readonly table: Address;
  readonly authority: TransactionSigner;
}): Instruction[] {
  return [getDeactivateLookupTableInstruction({ address: input.table, authority: input.authority })];
}

/** The instruction that closes a table that is out of use for long enough; its rent goes to the recipient. */
export function buildCloseTable(input: {
  readonly table: Address;
  readonly authority: TransactionSigner;
  readonly recipient: Address;
}): Instruction[] {
  const { table, authority, recipient } = input;
  return [getCloseLookupTableInstruction({ address: table, authority, recipient })];
}
