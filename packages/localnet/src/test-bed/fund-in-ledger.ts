// Money written straight into a ledger, for routers that follow no chain: with one, the ledger would differ from it.
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { postDeposit } from "aimo-router/src/ledger/deposit.ts";
import { createNumbers } from "aimo-router/src/ledger/numbers.ts";
import { createLog } from "aimo-router/src/log.ts";

/** What somebody has been given in all, and by whom. */
export interface LedgerGift {
  /** An address in base58. */
  readonly wallet: string;
  readonly usdc: string;
  readonly source: string;
}

/** Brings what the wallet has been given up to so much USDC; told again, it gives nothing more. */
export async function fundInLedger(
  clock: Clock,
  database: Database,
  { wallet, usdc, source }: LedgerGift,
): Promise<void> {
  const id = uuidV7(clock, systemRandom);
  const user = await createNumbers(database.query).wallet(wallet);
  await postDeposit(database, new Date(clock.now()), { id, user, openedSlot: 0n, total: parseNanoUsdc(usdc), source });
}

/** The same, at the database of a URL. */
export async function fundInLedgerAt(databaseUrl: string, clock: Clock, gift: LedgerGift): Promise<void> {
  const database = openDatabase(databaseUrl, { clock, log: createLog("silent") }, { connectionsMax: 1 });
  try {
    await fundInLedger(clock, database, gift);
  } finally {
    await database.close();
  }
}
