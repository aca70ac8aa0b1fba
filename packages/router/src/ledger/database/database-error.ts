// What went wrong at the database, in this house's words: not to be reached now, or an answer of SQL.
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import { DatabaseError } from "pg";

// SQLSTATEs that say nothing about the statement, only about the database as it is now.
const UNAVAILABLE_CLASSES: readonly string[] = [
  "08", // the connection broke
  "53", // out of connections, memory or disk
  "58", // the operating system failed it
];
const UNAVAILABLE_STATES: readonly string[] = [
  "57P01", // it shuts down, or somebody ended this connection
  "57P02", // it crashed
  "57P03", // it starts
  "57P05", // it ended an idle connection
  "57014", // the statement took too long
  "55P03", // a lock was not to be had in time
  "25P03", // this process was too slow between two statements
  "25006", // this is a replica that does not take writes (yet)
];
// What the driver says where it has no code of its own for it.
const DRIVER_WORDS = /connection terminated|timeout exceeded|not queryable|timeout expired|calling end on the pool/i;

function isDatabaseState({ code = "" }: DatabaseError): boolean {
  return UNAVAILABLE_STATES.includes(code) || UNAVAILABLE_CLASSES.includes(code.slice(0, 2));
}

function isUnavailable(error: unknown): boolean {
  if (error instanceof DatabaseError) return isDatabaseState(error);
  return error instanceof Error && ("syscall" in error || DRIVER_WORDS.test(error.message));
}

/** The error a caller gets: `ledger_unavailable` where the database cannot be reached now, SQL's own errors as they are. */
export function databaseFailure(error: unknown): unknown {
  if (isAimoError(error) || !isUnavailable(error)) return error;
  return new AimoError("ledger_unavailable", {}, { cause: error });
}

/** Whether the connection an error came from is of no more use: after SQL's own errors it is. */
export function breaksConnection(error: unknown): boolean {
  return isAimoError(error, "ledger_unavailable") || isUnavailable(error);
}

/** Whether a write was refused because another instance leads the job by now (migration 051). */
export function hasLostLeadership(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === "AM001";
}
