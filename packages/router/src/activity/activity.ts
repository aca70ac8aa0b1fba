// What happened, for people: everything that is read of it, from the tables, at the time it is asked for.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import type { Balances } from "./balances.ts";
import { createBalances } from "./balances.ts";
import type { DailyUsage } from "./daily-usage.ts";
import { createDailyUsage } from "./daily-usage.ts";
import type { ProviderEarnings } from "./earnings.ts";
import { createProviderEarnings } from "./earnings.ts";
import type { Generations } from "./generations.ts";
import { createGenerations } from "./generations.ts";

/** The readers of one database. */
export interface Activity {
  readonly balances: Balances;
  readonly generations: Generations;
  readonly usage: DailyUsage;
  readonly earnings: ProviderEarnings;
}

/** Creates them; nothing is remembered between two calls, so whatever is committed is seen. */
export function createActivity(database: Database, clock: Clock): Activity {
  return {
    balances: createBalances(database, clock),
    generations: createGenerations(database),
    usage: createDailyUsage(database),
    earnings: createProviderEarnings(database),
  };
}
