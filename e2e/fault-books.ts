// The books of a router whose providers have faults: what each request was charged, and to whom it is paid.
import { base58 } from "@scure/base";
import { systemClock } from "@aimo-network/protocol/clock";
import { checkLedger, reportLines } from "aimo-router/src/ledger/check-ledger.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { createLog } from "aimo-router/src/log.ts";
import { waitFor } from "./network.ts";

/** One generation in the books. */
export interface Billed {
  /** `gen-` and a UUID. */
  readonly id: string;
  /** The wallet that it is paid to. */
  readonly provider: string;
  /** In nano-USDC. */
  readonly cost: bigint;
}

/** The books, once nothing is locked any more. */
export interface FaultBooks {
  readonly billed: readonly Billed[];
  /** What is owed to each wallet that is owed anything, in nano-USDC. */
  readonly payable: Readonly<Record<string, bigint>>;
  /** What the journal says was charged, in how many entries. */
  readonly journal: { readonly entries: bigint; readonly amount: bigint };
  /** What `aimo-router check-ledger` finds wrong. */
  readonly faults: readonly string[];
}

const OPEN = "SELECT FROM locks WHERE state = 'o'";
const BILLED = `SELECT 'gen-' || g.id AS id, w.address, g.cost FROM generations g JOIN wallets w ON w.id = g.provider_id`;
const PAYABLE = `SELECT w.address, sum(p.amount)::bigint AS amount FROM payables p JOIN wallets w ON w.id = p.provider_id
  WHERE p.amount > 0 GROUP BY w.address`;
const JOURNAL =
  "SELECT count(*) AS entries, coalesce(sum(amount), 0)::bigint AS amount FROM journal WHERE event IN (3, 6)";

const PATIENCE = { answerMs: 60_000, lockMs: 60_000 };

/** Reads the books of the router with this database, as soon as every request has ended in them. */
export async function readBooks(databaseUrl: string): Promise<FaultBooks> {
  const database = openDatabase(databaseUrl, { clock: systemClock, log: createLog("silent") }, PATIENCE);
  const { query } = database;
  try {
    await waitFor("the end of every lock", async () => ((await query(OPEN)).length === 0 ? true : undefined));
    const billed = await query<{ id: string; address: Uint8Array; cost: bigint }>(BILLED);
    const payable = await query<{ address: Uint8Array; amount: bigint }>(PAYABLE);
    const [journal] = await query<FaultBooks["journal"]>(JOURNAL);
    const report = await checkLedger(database);
    return {
      billed: billed.map(({ id, address, cost }) => ({ id, provider: base58.encode(address), cost })),
      payable: Object.fromEntries(payable.map(({ address, amount }) => [base58.encode(address), amount])),
      journal: journal ?? { entries: 0n, amount: 0n },
      faults: report.count === 0n ? [] : reportLines(report),
    };
  } finally {
    await database.close();
  }
}

/** What every provider is owed, by what each generation says. */
export function owedBy(billed: readonly Billed[]): Readonly<Record<string, bigint>> {
  const owed: Record<string, bigint> = {};
  for (const { provider, cost } of billed) if (cost > 0n) owed[provider] = (owed[provider] ?? 0n) + cost;
  return owed;
}
