// What the settler's transactions cost, by the chain's own word.
import type { FaucetChain } from "@aimo-network/localnet/money/faucet-chain";
import { createTableReader } from "aimo-router/src/chain/lookup-tables.ts";
import type { LookupTable } from "@aimo-network/escrow/batch/lookup-table";
import type { MoneySite } from "./money-site.ts";

type Signature = Parameters<FaucetChain["rpc"]["getTransaction"]>[0];

/** Lookup tables, and what they cost. */
export interface TableCosts {
  readonly addresses: number;
  /** Lamports, paid once. */
  readonly fees: bigint;
  /** Lamports, which come back. */
  readonly rent: bigint;
}

const COMMITMENT = "confirmed";
const TABLE_PROGRAM = "Program AddressLookupTab1e1111111111111111111111111 invoke";
const AT_ONCE = 16;
const PAGE = 1_000;

interface Landed {
  readonly fee: bigint;
  readonly logs: readonly string[];
}

async function readLanded({ rpc }: FaucetChain, signatures: readonly string[]): Promise<Landed[]> {
  const options = { commitment: COMMITMENT, encoding: "json", maxSupportedTransactionVersion: 0 } as const;
  const landed: Landed[] = [];
  for (let start = 0; start < signatures.length; start += AT_ONCE) {
    const some = signatures.slice(start, start + AT_ONCE) as Signature[];
    const found = await Promise.all(some.map((signature) => rpc.getTransaction(signature, options).send()));
    for (const one of found) {
      if (one === null || one.meta === null) throw new Error("the chain does not know a transaction that has landed");
      landed.push({ fee: one.meta.fee, logs: one.meta.logMessages ?? [] });
    }
  }
  return landed;
}

const feesOf = (landed: readonly Landed[]): bigint => landed.reduce((sum, { fee }) => sum + fee, 0n);

/** Lamports paid for these transactions, rent apart. */
export async function transactionFees({ chain }: MoneySite, signatures: readonly string[]): Promise<bigint> {
  return feesOf(await readLanded(chain, signatures));
}

async function settlersTables({ chain, keys }: MoneySite): Promise<readonly LookupTable[]> {
  return (await createTableReader().read(chain.rpc, keys.settler, { commitment: COMMITMENT })).tables;
}

const addressesIn = (tables: readonly LookupTable[]): number =>
  tables.reduce((sum, { addresses }) => sum + addresses.length, 0);

/** How many addresses are in the router's tables. */
export async function tableAddresses(site: MoneySite): Promise<number> {
  return addressesIn(await settlersTables(site));
}

/** All that the settler has ever signed. */
async function settlersSignatures({ chain, keys }: MoneySite): Promise<string[]> {
  const signatures: Signature[] = [];
  for (;;) {
    const before = signatures.at(-1);
    const options = { commitment: COMMITMENT, limit: PAGE, ...(before !== undefined && { before }) } as const;
    const page = await chain.rpc.getSignaturesForAddress(keys.settler, options).send();
    signatures.push(...page.map(({ signature }) => signature));
    if (page.length < PAGE) return signatures;
  }
}

/** What the router's tables have cost until now; `settlements` are the transactions that were not about them. */
export async function tableCosts(site: MoneySite, settlements: ReadonlySet<string>): Promise<TableCosts> {
  const tables = await settlersTables(site);
  const rents = await Promise.all(
    tables.map(({ address }) => site.chain.rpc.getBalance(address, { commitment: COMMITMENT }).send()),
  );
  const others = (await settlersSignatures(site)).filter((signature) => !settlements.has(signature));
  const landed = await readLanded(site.chain, others);
  return {
    addresses: addressesIn(tables),
    fees: feesOf(landed.filter(({ logs }) => logs.some((line) => line.startsWith(TABLE_PROGRAM)))),
    rent: rents.reduce((sum, { value }) => sum + value, 0n),
  };
}
