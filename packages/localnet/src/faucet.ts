// The localnet's faucet: money for its demo user, until its chain brings deposits itself.
import type { Clock } from "@aimo-network/protocol/clock";
import { uuidV7 } from "@aimo-network/protocol/ids";
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import { systemRandom } from "@aimo-network/protocol/random";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { postDeposit } from "aimo-router/src/ledger/deposit.ts";
import { createNumbers } from "aimo-router/src/ledger/numbers.ts";
import { createLog } from "aimo-router/src/log.ts";

/** USDC that the demo user has been given in all: enough for a month of playing. */
export const FAUCET_USDC = "100";

/** Brings what the wallet has been given up to `FAUCET_USDC`; a second start of the same network gives nothing more. */
export async function fundFromFaucet(clock: Clock, databaseUrl: string, wallet: string): Promise<void> {
  const database = openDatabase(databaseUrl, { clock, log: createLog("silent") }, { connectionsMax: 1 });
  try {
    await postDeposit(database, new Date(clock.now()), {
      id: uuidV7(clock, systemRandom),
      user: await createNumbers(database.query).wallet(wallet),
      openedSlot: 0n,
      total: parseNanoUsdc(FAUCET_USDC),
      source: "localnet faucet",
    });
  } finally {
    await database.close();
  }
}
