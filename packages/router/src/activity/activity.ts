// What happened, for people: everything that is read of it, from the tables, at the time it is asked for.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { Database } from "../ledger/database/database.ts";
import type { AppRankings } from "./apps-ranked.ts";
import { createAppRankings } from "./apps-ranked.ts";
import type { Balances } from "./balances.ts";
import { createBalances } from "./balances.ts";
import type { DailyUsage } from "./daily-usage.ts";
import { createDailyUsage } from "./daily-usage.ts";
import type { ProviderEarnings } from "./earnings.ts";
import { createProviderEarnings } from "./earnings.ts";
import type { Deposits } from "./deposits.ts";
import { createDeposits } from "./deposits.ts";
import type { Generations } from "./generations.ts";
import { createGenerations } from "./generations.ts";
import { createLiveReader } from "./live-reader.ts";
import type { LiveWallets } from "./live-wallets.ts";
import { createLiveWallets } from "./live-wallets.ts";

/** The readers of one database. */
export interface Activity {
  readonly balances: Balances;
  readonly deposits: Deposits;
  readonly generations: Generations;
  readonly usage: DailyUsage;
  readonly earnings: ProviderEarnings;
  readonly appRankings: AppRankings;
  /** To be hinted where something was posted, and closed with the router. */
  readonly live: LiveWallets;
}

/** What reading needs of the process. */
export interface ActivityOptions {
  readonly clock: Clock;
  readonly log: Logger;
}

/** Creates them; but for rankings nothing is remembered between two calls, so whatever is committed is seen. */
export function createActivity(database: Database, { clock, log }: ActivityOptions): Activity {
  const generations = createGenerations(database);
  const reader = createLiveReader(database, generations, clock);
  return {
    balances: createBalances(database, clock),
    deposits: createDeposits(database),
    generations,
    usage: createDailyUsage(database),
    earnings: createProviderEarnings(database),
    appRankings: createAppRankings(database, clock),
    live: createLiveWallets({ clock, log, reader }),
  };
}
