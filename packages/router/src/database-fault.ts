// Why a router cannot open its database, in words for whoever starts it: what was expected, what was found, and what to do.
import { isAimoError } from "@aimo-network/protocol/errors";
import { ConfigError } from "./config.ts";

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : "something else";
}

/** Where a database is expected, without the password that its URL may hold. */
function placeOf(databaseUrl: string): string {
  const { host, pathname } = new URL(databaseUrl);
  return `${host}${pathname}`;
}

function faultOfUrl(error: unknown, databaseUrl: string): string {
  const expected = `expected a PostgreSQL at ${placeOf(databaseUrl)} that this router may write to`;
  if (isAimoError(error, "ledger_unavailable")) {
    return `${expected}, found ${wordsOf(error.cause)}: start it, or correct the URL`;
  }
  return `${expected}, found ${wordsOf(error)}: correct the URL, or what it names`;
}

/** The fault behind a database that could not be opened; what has nothing to do with the settings stays what it is. */
export function databaseFault(error: unknown, databaseUrl: string | undefined, dataDirectory: string): unknown {
  if (!(error instanceof Error)) return error;
  const setting = databaseUrl === undefined ? "AIMO_DATA_DIR" : "DATABASE_URL";
  // These say what to do themselves.
  if (error.name === "MigrationError" || error.name === "EmbeddedPostgresError") {
    return new ConfigError([`${setting}: ${error.message}`]);
  }
  const isSqlState = "code" in error && typeof error.code === "string" && /^[0-9A-Z]{5}$/.test(error.code);
  if (databaseUrl !== undefined && (isSqlState || isAimoError(error, "ledger_unavailable"))) {
    return new ConfigError([`DATABASE_URL: ${faultOfUrl(error, databaseUrl)}`]);
  }
  if (databaseUrl === undefined && "syscall" in error) {
    const expected = `expected a directory that this router may write to, ${dataDirectory}`;
    return new ConfigError([
      `AIMO_DATA_DIR: ${expected}, found ${wordsOf(error)}: name another, or give it to this user`,
    ]);
  }
  return error;
}
