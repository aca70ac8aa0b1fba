// Steps with the router's lookup tables: only the settler's own, and only accounts of this router in them.
import {
  EXTENSION_ADDRESSES_MAX,
  TABLE_ADDRESSES_MAX,
  buildCloseTable,
  buildCreateTable,
  buildDeactivateTable,
  buildExtendTable,
  isClosable,
} from "@aimo-network/escrow/batch/lookup-table";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import { ACCOUNT_KINDS } from "@aimo-network/escrow/accounts/read-account";
import type { Address, Instruction } from "@solana/kit";
import { computeLimit } from "../chain/compute-limit.ts";
import { TABLES_MAX } from "../chain/limits.ts";
import type { ChainView } from "./chain-view.ts";
import { viewChain } from "./chain-view.ts";
import { asTheProgram, insist, readAddress } from "./refuse.ts";
import type { SignedTransaction, TableStep } from "./signer.ts";
import type { SigningDesk } from "./signing-desk.ts";
import { boundedPrice, signingMoment } from "./signing-desk.ts";
import { signWithBudget } from "./transaction.ts";

const MEASURED = {
  create: "createTable",
  extend: "extendTable",
  deactivate: "deactivateTable",
  close: "closeTable",
} as const;

interface BuiltStep {
  readonly table: Address;
  readonly instructions: readonly Instruction[];
}

/** Whether an account is the router itself, or one of its users' and providers'. */
function isOfRouter(chain: ChainView, at: Address): boolean {
  if (at === chain.router.address) return true;
  const found = chain.account(at);
  if (!found.exists || found.programAddress !== chain.router.programAddress) return false;
  return (found.data[0] === ACCOUNT_KINDS.escrow ? chain.escrow(at) : chain.provider(at)) !== undefined;
}

async function insistOfRouter(desk: SigningDesk, addresses: readonly Address[]): Promise<void> {
  const chain = await viewChain(desk, addresses);
  for (const at of addresses) {
    const isOurs = await asTheProgram(async () => isOfRouter(chain, at));
    insist(isOurs, "table", () => ({ expected: "accounts of this router", found: `nothing of it at ${at}` }));
  }
}

async function buildCreation(desk: SigningDesk, tables: readonly LookupTable[]): Promise<BuiltStep> {
  const { settler } = desk.keys;
  insist(tables.length < TABLES_MAX, "table", () => ({
    expected: `fewer than ${TABLES_MAX} tables`,
    found: `${tables.length}`,
  }));
  const { now } = await viewChain(desk, []);
  return await buildCreateTable({ authority: settler, payer: settler, recentSlot: now.slot });
}

async function buildExtension(desk: SigningDesk, table: LookupTable, asked: readonly string[]): Promise<BuiltStep> {
  const { settler } = desk.keys;
  const added = [...new Set(asked.map((at) => readAddress(at)))].filter((at) => !table.addresses.includes(at));
  const room = Math.min(EXTENSION_ADDRESSES_MAX, TABLE_ADDRESSES_MAX - table.addresses.length);
  insist(added.length > 0 && added.length <= room && table.deactivatedAt === undefined, "table", () => ({
    expected: `1 to ${room} new addresses for a table in use`,
    found: `${added.length}${table.deactivatedAt === undefined ? "" : ", and it is out of use"}`,
  }));
  await insistOfRouter(desk, added);
  return {
    table: table.address,
    instructions: buildExtendTable({ authority: settler, payer: settler, table, added }),
  };
}

async function buildClosing(desk: SigningDesk, table: LookupTable): Promise<BuiltStep> {
  const { settler } = desk.keys;
  const { now } = await viewChain(desk, []);
  insist(isClosable(table, now.slot), "table", () => ({
    expected: "a table that is out of use for long enough",
    found: table.deactivatedAt === undefined ? "one in use" : `one that is since slot ${table.deactivatedAt}`,
  }));
  const parties = { table: table.address, authority: settler, recipient: settler.address };
  return { table: table.address, instructions: buildCloseTable(parties) };
}

async function buildStep(desk: SigningDesk, step: TableStep): Promise<BuiltStep> {
  const { settler } = desk.keys;
  const tables = await desk.tables.read();
  if (step.kind === "create") return await buildCreation(desk, tables);
  const table = tables.find((one) => one.address === step.table);
  insist(table !== undefined, "table", () => ({
    expected: `a lookup table of ${settler.address}`,
    found: `none at ${step.table}`,
  }));
  if (step.kind === "extend") return await buildExtension(desk, table, step.addresses);
  if (step.kind === "close") return await buildClosing(desk, table);
  insist(table.deactivatedAt === undefined, "table", () => ({
    expected: "a table in use",
    found: `one that is out of use since slot ${table.deactivatedAt}`,
  }));
  return { table: table.address, instructions: buildDeactivateTable({ table: table.address, authority: settler }) };
}

/** Signs a step with a lookup table. */
export async function signTable(
  desk: SigningDesk,
  step: TableStep,
): Promise<SignedTransaction & { readonly table: string }> {
  const { table, instructions } = await buildStep(desk, step);
  const price = await boundedPrice(desk, instructions);
  const { lifetime } = await signingMoment(desk);
  const units = computeLimit([MEASURED[step.kind]]);
  const terms = { feePayer: desk.keys.settler.address, lifetime };
  return { ...(await signWithBudget(instructions, terms, { units, price })), table };
}
