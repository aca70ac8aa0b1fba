// Opens the books of a router: its database, embedded or the operator's, brought up to date, with the ledger on it.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { Database } from "./database/database.ts";
import { openDatabase } from "./database/database.ts";
import { startEmbeddedPostgres } from "./database/embedded/embedded-postgres.ts";
import { migrate } from "./database/migrate.ts";
import { openInstance } from "./instance.ts";
import type { Ledger } from "./ledger.ts";
import { createLedger } from "./ledger.ts";
import { HISTORY_ANSWER_MS } from "./limits.ts";
import type { PipelineCounts } from "./pipeline.ts";

/** Which database, and what its ledger allows. */
export interface BooksSettings {
  /** Undefined for a PostgreSQL of this router's own in its data directory. */
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
  readonly connectionsMax: number;
  readonly rates: readonly bigint[];
  /** Days that the journal and the generations are kept. */
  readonly historyDays: number;
}

/** What the books tell whoever watches them. */
export interface LedgerCounts extends PipelineCounts {
  /** How far the books are from balancing. */
  imbalance(nanoUsdc: bigint): void;
}

/** What opening needs. */
export interface BooksDeps {
  readonly clock: Clock;
  /** The time that input and output take, which is real also where a test's clock stands still. */
  readonly ioClock: Clock;
  readonly log: Logger;
  readonly counts: LedgerCounts;
}

/** The open books of a router: its database, and the ledger on it. */
export interface Books {
  readonly database: Database;
  /** The same with patience for what reads all accounts. */
  readonly patientDatabase: Database;
  /** The number of this run among all that share the database. */
  readonly instance: number;
  readonly ledger: Ledger;
  /** Posts what still waits, for as long as a database that answers needs, and closes everything. */
  close(): Promise<void>;
}

const LAST_CHARGES_MS = 5_000; // a database that is there takes milliseconds; one that is away may keep no router running

/** Opens them; rejects where the database cannot be reached or is not this software's. */
export async function openBooks(settings: BooksSettings, deps: BooksDeps): Promise<Books> {
  const { clock, ioClock, log, counts } = deps;
  const { databaseUrl, dataDirectory, connectionsMax, rates, historyDays } = settings;
  const embedded =
    databaseUrl === undefined ? await startEmbeddedPostgres({ dataDirectory, clock: ioClock, log }) : undefined;
  const url = databaseUrl ?? embedded?.url ?? "";
  const database = openDatabase(url, { clock: ioClock, log }, { connectionsMax });
  const patientDatabase = openDatabase(url, { clock: ioClock, log }, { answerMs: HISTORY_ANSWER_MS });
  try {
    await migrate(url, { clock: ioClock, log });
    const imbalance = (nanoUsdc: bigint): void => counts.imbalance(nanoUsdc);
    const instance = await openInstance({ clock, log, database, patientDatabase, imbalance }, { historyDays });
    const ledger = createLedger({ clock, ioClock, log, database, counts }, { instance: instance.id, rates });
    return {
      database,
      patientDatabase,
      instance: instance.id,
      ledger,
      async close() {
        await ledger.settle(LAST_CHARGES_MS);
        if (ledger.chargesWaiting > 0) log.error({ charges: ledger.chargesWaiting }, "closed with charges not posted");
        await instance.close();
        await ledger.close();
        await database.close();
        await patientDatabase.close();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await database.close();
    await patientDatabase.close();
    await embedded?.stop();
    throw error;
  }
}
