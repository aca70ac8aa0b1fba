// The localnet's faucet: money for its demo user, until its chain brings deposits itself.
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Database } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { postDeposit } from "aimo-router/src/ledger/deposit.ts";
import { createNumbers } from "aimo-router/src/ledger/numbers.ts";
import { createLog } from "aimo-router/src/log.ts";

/** USDC that the demo user has been given in all: enough for a month of playing. */
export const FAUCET_USDC = "100";

/** What somebody is given, and by whom. */
export interface Gift {
  /** An address in base58. */
  readonly wallet: string;
  readonly usdc: string;
  readonly source: string;
}

/** Brings what the wallet has been given up to so much USDC; told again, it gives nothing more. */
export async function give(clock: Clock, database: Database, { wallet, usdc, source }: Gift): Promise<void> {
  const id = uuidV7(clock, systemRandom);
  const user = await createNumbers(database.query).wallet(wallet);
  await postDeposit(database, new Date(clock.now()), { id, user, openedSlot: 0n, total: parseNanoUsdc(usdc), source });
}

/** The same, at the database of a URL. */
export async function giveAt(databaseUrl: string, clock: Clock, gift: Gift): Promise<void> {
  const database = openDatabase(databaseUrl, { clock, log: createLog("silent") }, { connectionsMax: 1 });
  try {
    await give(clock, database, gift);
  } finally {
    await database.close();
  }
}

/** Gives the demo user its play money; a second start of the same network gives nothing more. */
export function fundFromFaucet(clock: Clock, databaseUrl: string, wallet: string): Promise<void> {
  return giveAt(databaseUrl, clock, { wallet, usdc: FAUCET_USDC, source: "localnet faucet" });
}
