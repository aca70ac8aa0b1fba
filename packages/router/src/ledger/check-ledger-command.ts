// `aimo-router check-ledger`, and whatever else looks at a router's books from outside: finds its database, running or not.
import { existsSync } from "node:fs";
import { isAimoError } from "@aimo-network/protocol/errors";
import { checkLedger, reportLines } from "./check-ledger.ts";
import type { Database, DatabaseDeps } from "./database/database.ts";
import { openDatabase } from "./database/database.ts";
import { runningPostgresUrl, startEmbeddedPostgres } from "./database/embedded/embedded-postgres.ts";
import { LEDGER_CHECK_MS } from "./limits.ts";

/** Which books to check. */
export interface CheckedBooks {
  readonly databaseUrl: string | undefined;
  readonly dataDirectory: string;
}

/** What a command prints, and the code it ends with: 0 the books are right, 1 they are wrong, 2 they could not be checked. */
export interface CheckOutcome {
  readonly code: 0 | 1 | 2;
  readonly lines: readonly string[];
}

const NO_LEDGER = "SELECT to_regclass('closings') IS NULL AS missing";
const CLIENT_SIDE = ["28", "3D", "42"]; // SQL's classes of: no such user, no such database, no right to read

/** A look at books, on a patient connection. */
export type LookAtBooks = (database: Database) => Promise<CheckOutcome>;

async function checkAt(url: string, deps: DatabaseDeps, look: LookAtBooks): Promise<CheckOutcome> {
  // A database that is away shows at once; one that answers may take its time.
  const probe = openDatabase(url, deps, { connectionsMax: 1 });
  try {
    const [row] = await probe.query<{ missing: boolean }>(NO_LEDGER);
    if (row?.missing === true)
      return { code: 2, lines: ["This database has no ledger, or one of an older version: start the router once."] };
  } finally {
    await probe.close();
  }
  const patience = { connectionsMax: 1, answerMs: LEDGER_CHECK_MS, lockMs: LEDGER_CHECK_MS };
  const database = openDatabase(url, deps, patience);
  try {
    return await look(database);
  } finally {
    await database.close();
  }
}

async function checkEmbedded(dataDirectory: string, deps: DatabaseDeps, look: LookAtBooks): Promise<CheckOutcome> {
  const url = runningPostgresUrl(dataDirectory);
  if (url !== undefined) {
    try {
      return await checkAt(url, deps, look);
    } catch (error) {
      if (!isAimoError(error, "ledger_unavailable")) throw error; // its router was killed: nobody runs it any more
    }
  }
  if (!existsSync(dataDirectory))
    return { code: 2, lines: [`${dataDirectory}: no such directory. Is AIMO_DATA_DIR set?`] };
  const postgres = await startEmbeddedPostgres({ dataDirectory, ...deps });
  try {
    return await checkAt(postgres.url, deps, look);
  } finally {
    await postgres.stop();
  }
}

function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (isAimoError(error, "ledger_unavailable") || error.name === "EmbeddedPostgresError") return true;
  return "code" in error && typeof error.code === "string" && CLIENT_SIDE.includes(error.code.slice(0, 2));
}

/** Looks at the books where they are. */
export async function lookAtBooks(
  { databaseUrl, dataDirectory }: CheckedBooks,
  deps: DatabaseDeps,
  look: LookAtBooks,
): Promise<CheckOutcome> {
  try {
    return await (databaseUrl === undefined
      ? checkEmbedded(dataDirectory, deps, look)
      : checkAt(databaseUrl, deps, look));
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const { cause } = error;
    const why = cause instanceof Error ? ` (${cause.message})` : "";
    return { code: 2, lines: [`The books could not be checked: ${error.message}${why}`] };
  }
}

/** Checks the books where they are. */
export function runLedgerCheck(books: CheckedBooks, deps: DatabaseDeps): Promise<CheckOutcome> {
  return lookAtBooks(books, deps, async (database) => {
    const report = await checkLedger(database);
    return { code: report.count === 0n ? 0 : 1, lines: reportLines(report) };
  });
}
