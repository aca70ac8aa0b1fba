// Fresh books for the bench: a router's own PostgreSQL and ledger, as a router opens them, with fsync on.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Database } from "aimo-router/src/ledger/database/database.ts";
import { openDatabase } from "aimo-router/src/ledger/database/database.ts";
import { runningPostgresUrl } from "aimo-router/src/ledger/database/embedded/embedded-postgres.ts";
import type { Ledger } from "aimo-router/src/ledger/ledger.ts";
import { openBooks } from "aimo-router/src/ledger/open-books.ts";
import { createLog } from "aimo-router/src/log.ts";

/** Books that are open. */
export interface BenchBooks {
  readonly ledger: Ledger;
  /** As requests use it. */
  readonly database: Database;
  /** The same database for statements that may take many minutes. */
  readonly patient: Database;
}

const LONG_MS = 3_600_000;
const NO_LIMIT = 10n ** 15n;
const RATES = Array.from({ length: 6 }, () => NO_LIMIT); // `p_rates` of `ledger_lock_one`
const HISTORY_DAYS = 36_500; // nothing is dropped while it is measured
const log = createLog("warn", process.stderr); // standard output is for the figures

/** Gives `measure` fresh books, and takes them away when it is done, however it ends. */
export async function onFreshBooks<Outcome>(
  clock: Clock,
  measure: (books: BenchBooks) => Promise<Outcome>,
): Promise<Outcome> {
  const directory = mkdtempSync(join(tmpdir(), "aimo-bench-books-"));
  try {
    const books = await openBooks(
      { databaseUrl: undefined, dataDirectory: directory, connectionsMax: 4, rates: RATES, historyDays: HISTORY_DAYS },
      {
        clock,
        ioClock: clock,
        log,
        counts: {
          batch: () => undefined,
          imbalance: () => undefined,
          refused: (state) => log.warn({ state }, "a batch was refused as a whole"),
        },
      },
    );
    const url = runningPostgresUrl(directory) ?? "";
    const patient = openDatabase(url, { clock, log }, { connectionsMax: 1, answerMs: LONG_MS, lockMs: LONG_MS });
    try {
      return await measure({ ledger: books.ledger, database: books.database, patient });
    } finally {
      await patient.close();
      await books.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
