// The router's own lookup tables, by which a batch names many accounts in few bytes: which there are, and what to do so
// that those are looked up that are settled now. Nothing is stored: the chain knows the tables by their authority.
import { keyFilter, searchProgram } from "@aimo-network/escrow/accounts/fetch-accounts";
import type { ReadOptions } from "@aimo-network/escrow/accounts/fetch-accounts";
import type { AccountReading } from "@aimo-network/escrow/accounts/read-account";
import {
  EXTENSION_ADDRESSES_MAX,
  TABLE_ADDRESSES_MAX,
  buildCloseTable,
  buildCreateTable,
  buildDeactivateTable,
  buildExtendTable,
  isClosable,
  readLookupTable,
  usableTable,
} from "@aimo-network/escrow/batch/lookup-table";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import type { UsableTable } from "@aimo-network/escrow/batch/pack";
import type { Address, GetProgramAccountsApi, Instruction, Rpc, TransactionSigner } from "@solana/kit";
import { TABLES_MAX, TABLE_IDLE_SLOTS, TABLE_SPARSE_PERCENT } from "./limits.ts";

/** An authority's tables at one slot. */
export interface TableState {
  readonly slot: bigint;
  readonly tables: readonly LookupTable[];
}

/** One transaction that tends the tables. */
export type TableAction =
  | { readonly kind: "create" }
  | { readonly kind: "extend"; readonly table: LookupTable; readonly added: readonly Address[] }
  | { readonly kind: "deactivate"; readonly table: LookupTable }
  | { readonly kind: "close"; readonly table: LookupTable };

const TABLE_PROGRAM_ADDRESS = "AddressLookupTab1e1111111111111111111111111" as Address;
const AUTHORITY_OFFSET = 22n; // after kind, two slots, an index, and whether there is an authority

/** Reads the tables of an authority. */
export interface TableReader {
  /** All of them, those that are out of use included. */
  read(rpc: Rpc<GetProgramAccountsApi>, authority: Address, options?: ReadOptions): Promise<TableState>;
}

/** Creates a reader that remembers what it read: of a table that is as it was nothing is decoded again, which takes milliseconds. */
export function createTableReader(): TableReader {
  let known: ReadonlyMap<Address, { readonly data: Uint8Array; readonly table: LookupTable }> = new Map();
  const read = (account: AccountReading) => {
    if (!account.exists) return undefined;
    const data = new Uint8Array(account.data);
    const found = known.get(account.address);
    if (found !== undefined && Buffer.compare(found.data, data) === 0) return found;
    const table = readLookupTable(account);
    return table && { data, table };
  };
  return {
    async read(rpc, authority, options = {}) {
      const filters = [keyFilter(AUTHORITY_OFFSET, authority)];
      const { slot, accounts } = await searchProgram(rpc, TABLE_PROGRAM_ADDRESS, filters, options);
      const now = accounts.map(read).filter((one) => one !== undefined);
      known = new Map(now.map((one) => [one.table.address, one]));
      return { slot, tables: now.map(({ table }) => table) };
    },
  };
}

/** What can be looked up now. */
export function usableTables({ slot, tables }: TableState): readonly UsableTable[] {
  return tables.map((table) => usableTable(table, slot)).filter(({ addresses }) => addresses.length > 0);
}

function isFull({ addresses }: LookupTable): boolean {
  return addresses.length >= TABLE_ADDRESSES_MAX;
}

/** Whether too little of a table is wanted to keep it: what is left moves, and the table retires. */
function isSparse(table: LookupTable, wanted: ReadonlySet<Address>): boolean {
  const live = table.addresses.filter((address) => wanted.has(address)).length;
  return isFull(table) && live * 100 < TABLE_ADDRESSES_MAX * TABLE_SPARSE_PERCENT;
}

/** Adds what is missing to the tables that have room, the fullest first, and makes one more where they have not enough. */
function planAdditions(tables: readonly LookupTable[], missing: readonly Address[]): TableAction[] {
  const actions: TableAction[] = [];
  const open = tables.filter((table) => !isFull(table)).toSorted(byFullness);
  let rest = missing;
  for (const table of open) {
    const room = TABLE_ADDRESSES_MAX - table.addresses.length;
    const fitting = rest.slice(0, room);
    for (let start = 0; start < fitting.length; start += EXTENSION_ADDRESSES_MAX) {
      actions.push({ kind: "extend", table, added: fitting.slice(start, start + EXTENSION_ADDRESSES_MAX) });
    }
    rest = rest.slice(room);
  }
  // One at a time, because a table's address follows from the slot; the next plan fills it.
  if (rest.length > 0 && tables.length < TABLES_MAX) actions.push({ kind: "create" });
  return actions;
}

function byFullness(one: LookupTable, other: LookupTable): number {
  return other.addresses.length - one.addresses.length;
}

/**
 * What to do so that all wanted addresses are in a table, the first ones first, and no table is kept for nothing. Each
 * action is one transaction; the next plan is made from what the chain says afterwards. Wanted are those of about the
 * last day, so that a quiet hour retires nothing.
 */
export function planTables({ slot, tables }: TableState, wantedAddresses: readonly Address[]): TableAction[] {
  const wanted = new Set(wantedAddresses);
  const used = tables.filter(({ deactivatedAt }) => deactivatedAt === undefined);
  const kept = used.filter((table) => !isSparse(table, wanted));
  const homes = new Set(kept.flatMap(({ addresses }) => addresses));
  const actions = planAdditions(
    kept,
    [...wanted].filter((address) => !homes.has(address)),
  );
  const growing = new Set(actions.map((action) => (action.kind === "extend" ? action.table : undefined)));
  const settled = new Set(kept.flatMap((table) => usableTable(table, slot).addresses));
  const isOver = (table: LookupTable): boolean => {
    const live = table.addresses.filter((address) => wanted.has(address));
    if (!kept.includes(table)) return live.every((address) => settled.has(address));
    return live.length === 0 && !growing.has(table) && slot >= table.lastExtendedSlot + TABLE_IDLE_SLOTS;
  };
  for (const table of used) if (isOver(table)) actions.push({ kind: "deactivate", table });
  for (const table of tables) if (isClosable(table, slot)) actions.push({ kind: "close", table });
  return actions;
}

/** Who signs for the tables, and in which slot: one of the last few hundred. */
export interface TableParties {
  readonly authority: TransactionSigner;
  readonly payer: TransactionSigner;
  readonly recentSlot: bigint;
}

/** The instructions of an action's transaction; rent that comes back goes to the payer. */
export async function tableInstructions(action: TableAction, parties: TableParties): Promise<readonly Instruction[]> {
  const { authority, payer } = parties;
  switch (action.kind) {
    case "create":
      return (await buildCreateTable(parties)).instructions;
    case "extend":
      return buildExtendTable({ authority, payer, table: action.table, added: action.added });
    case "deactivate":
      return buildDeactivateTable({ table: action.table.address, authority });
    case "close":
      return buildCloseTable({ table: action.table.address, authority, recipient: payer.address });
  }
}
