// This run of a router among all that share the database: its lease, and the work that one of them does for all.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import { firstUuidAt } from "@aimo-network/protocol/ids";
import type { Logger } from "pino";
import {
  APP_RANKINGS_LOOK_MS,
  DELETING_TURNS_MAX,
  IMBALANCE_LOOK_MS,
  INSTANCE_LEASE_MS,
  INSTANCE_RENEW_MS,
  LOCKS_EXPIRED_PER_TURN_MAX,
  LOCKS_KEPT_MS,
  PARTITIONS_AHEAD_DAYS,
  RECEIPTS_LONGER_MS,
  ROWS_DELETED_AT_ONCE_MAX,
  SWEEP_MS,
  TIDY_MS,
} from "./limits.ts";
import { rankApps } from "./app-rankings.ts";
import type { Database } from "./database/database.ts";
import { keepHistory, lookAtBalance, PARTITIONED_TABLES } from "./history.ts";
import type { RepeatedWork } from "./repeat.ts";
import { onOwnConnection, repeat } from "./repeat.ts";

const MS_PER_DAY = 86_400_000;

/** A registered run of a router. */
export interface Instance {
  readonly id: number;
  /** Ends the lease: what this run left open may be charged from replays at once. */
  close(): Promise<void>;
}

/** What an instance needs. */
export interface InstanceDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
  /** The same database with patience for work that reads a whole day, or all accounts. */
  readonly patientDatabase: Database;
  /** Told how far the books are from balancing, each time somebody has looked. */
  imbalance(nanoUsdc: bigint): void;
}

/** Fixed for the life of an instance. */
export interface InstanceOptions {
  /** Days that the journal and the generations of a closed day are kept. */
  readonly historyDays: number;
}

const RENEW = "UPDATE instances SET lease_until = $2 WHERE id = $1";
// The oldest ids first: what is left of a lock is for replays, and none comes after two days.
const DELETE_LOCKS = `DELETE FROM locks WHERE id IN (SELECT id FROM locks WHERE id < $1 AND ended_at < $2 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED) RETURNING 1`;
const DELETE_RECEIPTS = `DELETE FROM receipts WHERE generation_id IN (
    SELECT generation_id FROM receipts WHERE day < $1::date ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`;
const MAKE_PARTITIONS = "SELECT ledger_make_partitions($1, $2::date, $3)";
const DELETE_CLAIMS = "DELETE FROM idempotency_keys WHERE claimed_at < $1";
const DELETE_INSTANCES =
  "DELETE FROM instances i WHERE lease_until < $1 AND NOT EXISTS (SELECT FROM locks WHERE instance_id = i.id AND state = 'o')";

/** Deletes what is old in pieces, so that nobody is held up for long; `text` takes the size of a piece last. */
async function deleteInPieces(database: Database, text: string, values: readonly unknown[]): Promise<void> {
  for (let turn = 0; turn < DELETING_TURNS_MAX; turn += 1) {
    const deleted = await database.query(text, [...values, ROWS_DELETED_AT_ONCE_MAX]);
    if (deleted.length < ROWS_DELETED_AT_ONCE_MAX) return;
  }
}

async function tidy({ clock, database }: InstanceDeps, historyDays: number): Promise<void> {
  const now = clock.now();
  const yesterday = new Date(now - MS_PER_DAY).toISOString().slice(0, 10);
  for (const table of PARTITIONED_TABLES) {
    await database.query(MAKE_PARTITIONS, [table, yesterday, PARTITIONS_AHEAD_DAYS + 2]);
  }
  const old = new Date(now - LOCKS_KEPT_MS);
  await deleteInPieces(database, DELETE_LOCKS, [firstUuidAt(old.getTime()), old]);
  // Receipts outlive their generations a little: the tree of a batch may have leaves of several days.
  const receiptsOld = new Date(now - historyDays * MS_PER_DAY - RECEIPTS_LONGER_MS);
  await deleteInPieces(database, DELETE_RECEIPTS, [receiptsOld.toISOString().slice(0, 10)]);
  await database.query(DELETE_CLAIMS, [old]);
  await database.query(DELETE_INSTANCES, [old]);
}

async function sweep({ clock, database }: InstanceDeps): Promise<void> {
  let expired = LOCKS_EXPIRED_PER_TURN_MAX;
  while (expired === LOCKS_EXPIRED_PER_TURN_MAX) {
    const [row] = await database.query<{ expired: number }>("SELECT ledger_expire($1, $2) AS expired", [
      new Date(clock.now()),
      LOCKS_EXPIRED_PER_TURN_MAX,
    ]);
    expired = row?.expired ?? 0;
  }
}

/** Registers this run and begins to sweep; rejects where the database cannot be reached. */
export async function openInstance(deps: InstanceDeps, { historyDays }: InstanceOptions): Promise<Instance> {
  const { clock, database } = deps;
  const leaseEnd = (): Date => new Date(clock.now() + INSTANCE_LEASE_MS);
  const [row] = await database.query<{ id: number }>(
    "INSERT INTO instances (started_at, lease_until) VALUES ($1, $2) RETURNING id",
    [new Date(clock.now()), leaseEnd()],
  );
  assert(row !== undefined, "an insert returns its row");
  const { id } = row;
  const works: readonly RepeatedWork[] = [
    {
      what: "lease",
      restMs: INSTANCE_RENEW_MS,
      turn: async () => void (await database.query(RENEW, [id, leaseEnd()])),
    },
    { what: "sweep", restMs: SWEEP_MS, turn: () => sweep(deps) },
    { what: "tidying", restMs: TIDY_MS, turn: () => tidy(deps, historyDays) },
    {
      what: "closing days",
      restMs: TIDY_MS,
      ...onOwnConnection(deps.patientDatabase, (query) => keepHistory(query, clock, historyDays)),
    },
    {
      what: "ranking apps",
      restMs: APP_RANKINGS_LOOK_MS,
      ...onOwnConnection(deps.patientDatabase, (query) => rankApps(query, clock, historyDays)),
    },
    {
      what: "the look at the balance",
      restMs: IMBALANCE_LOOK_MS,
      ...onOwnConnection(deps.patientDatabase, (query) => lookAtBalance(query, deps.log, deps.imbalance)),
    },
  ];
  const stops = works.map((work) => repeat(deps, work));
  return {
    id,
    async close() {
      await Promise.all(stops.map((stop) => stop()));
      try {
        await database.query(RENEW, [id, new Date(clock.now())]);
      } catch (error) {
        if (!isAimoError(error, "ledger_unavailable")) throw error;
        deps.log.warn({ error }, "the lease runs on until its end"); // nothing is lost: replays wait as long
      }
    },
  };
}
