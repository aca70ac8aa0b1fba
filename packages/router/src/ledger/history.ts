// The books' memory and their health: days are closed, what is old is dropped, and every minute somebody looks whether they balance.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { Query } from "./database/database.ts";
import { PARTITIONS_DROPPED_AT_ONCE_MAX } from "./limits.ts";

const MS_PER_DAY = 86_400_000;

/** The tables of which each day has a partition, each changed in a transaction of its own. */
export const PARTITIONED_TABLES = ["journal", "generations"] as const;

/** Closes the days that are over, and drops partitions of closed days before the last `historyDays`. */
export async function keepHistory(query: Query, clock: Clock, historyDays: number): Promise<void> {
  const now = new Date(clock.now());
  let closed = true;
  while (closed) {
    const [row] = await query<{ closed: boolean }>("SELECT ledger_close_next_day($1) AS closed", [now]);
    closed = row?.closed === true;
  }
  const before = new Date(now.getTime() - historyDays * MS_PER_DAY).toISOString().slice(0, 10);
  for (const table of PARTITIONED_TABLES) {
    await query("SELECT ledger_drop_partitions($1, $2::date, $3)", [table, before, PARTITIONS_DROPPED_AT_ONCE_MAX]);
  }
}

/** Looks how far the books are from balancing, tells it, and cries out where that is not 0. */
export async function lookAtBalance(query: Query, log: Logger, tell: (nanoUsdc: bigint) => void): Promise<void> {
  const [row] = await query<{ imbalance: bigint }>("SELECT ledger_imbalance() AS imbalance");
  const imbalance = row?.imbalance ?? 0n;
  tell(imbalance);
  if (imbalance !== 0n) {
    log.error({ nanoUsdc: String(imbalance) }, "the books do not balance: run `aimo-router check-ledger`");
  }
}
