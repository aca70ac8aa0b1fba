// The way to PostgreSQL: a bounded pool, transactions, and connections of their own for the hot path.
import assert from "node:assert/strict";
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep, within } from "@aimo-network/protocol/clock";
import { AimoError } from "@aimo-network/protocol/errors";
import { Client, Pool } from "pg";
import type { ClientConfig, PoolClient } from "pg";
import type { Logger } from "pino";
import {
  DATABASE_ANSWER_MS,
  DATABASE_CONNECTIONS_MAX,
  DATABASE_IDLE_CONNECTION_MS,
  DATABASE_IDLE_TRANSACTION_MS,
  DATABASE_KEEP_ALIVE_MS,
  DATABASE_LOCK_MS,
} from "../limits.ts";
import { columnTypes } from "./column-types.ts";
import { breaksConnection, databaseFailure } from "./database-error.ts";

/** Runs one statement and gives its rows; throws `ledger_unavailable` where the database cannot be reached now. */
export interface Query {
  <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]>;
}

/** A statement for a connection of its own; one with a name is parsed and planned once per connection. */
export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** A connection outside the pool, for one user of it. */
export interface DatabaseConnection {
  query<Row>(statement: Statement): Promise<readonly Row[]>;
  /** Calls `listener` once when the connection has broken by itself; at once when it had already. */
  onLost(listener: () => void): void;
  end(): Promise<void>;
}

/** PostgreSQL as the ledger, the accounts and the activity use it; it recovers by itself when the database is back. */
export interface Database {
  readonly query: Query;
  /** One transaction on one connection; rolled back when `run` throws. */
  transaction<Result>(run: (query: Query) => Promise<Result>): Promise<Result>;
  /**
   * A connection of its own outside the pool, for the batches of the hot path: reconnects by being asked again. `settings`
   * is what it runs first, such as `SET jit = off`.
   */
  connect(settings?: string): Promise<DatabaseConnection>;
  close(): Promise<void>;
}

/** What a database needs from its process. */
export interface DatabaseDeps {
  readonly clock: Clock;
  readonly log: Logger;
}

/** How patient and how wide it is; what is left out is as a request that waits needs it. */
export interface DatabaseOptions {
  readonly connectionsMax?: number;
  /** How long a statement, and getting a connection for it, may take. */
  readonly answerMs?: number;
  /** How long a statement waits for another transaction's rows. */
  readonly lockMs?: number;
}

type Answer<Row> = { rows?: Row[] } | { rows?: Row[] }[];

/** The rows of an answer; of several statements in one text, those of the last. */
function rowsOf<Row>(answer: Answer<Row>): readonly Row[] {
  const last = Array.isArray(answer) ? answer.at(-1) : answer;
  return last?.rows ?? [];
}

function runStatement<Row>(client: Client | PoolClient, { name, text, values }: Statement): Promise<readonly Row[]> {
  const query = {
    text,
    ...(name === undefined ? {} : { name }),
    ...(values === undefined ? {} : { values: [...values] }),
  };
  return client.query(query).then((answer) => rowsOf(answer as Answer<Row>));
}

/** Waits for `work` until `deadlineMs` of the clock: a database that stopped answering must not hold its callers. */
async function before<Result>(clock: Clock, deadlineMs: number, work: Promise<Result>): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = clock.timer(Math.max(0, deadlineMs - clock.monotonic()), () => {
    late.reject(new AimoError("ledger_unavailable", {}, { cause: new Error("the database did not answer in time") }));
  });
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    throw databaseFailure(error);
  } finally {
    timer.cancel();
  }
}

function clientConfig(url: string, answerMs: number, lockMs: number): ClientConfig {
  return {
    connectionString: url,
    application_name: "aimo-router",
    connectionTimeoutMillis: answerMs,
    statement_timeout: answerMs,
    lock_timeout: lockMs,
    idle_in_transaction_session_timeout: Math.max(answerMs, DATABASE_IDLE_TRANSACTION_MS),
    keepAlive: true,
    keepAliveInitialDelayMillis: DATABASE_KEEP_ALIVE_MS,
    types: columnTypes,
  };
}

/** One connection of its own, already made. */
function ownConnection(client: Client, clock: Clock, answerMs: number): DatabaseConnection {
  let isLost = false;
  let isEnded = false;
  const listeners: (() => void)[] = [];
  const lose = (): void => {
    if (isLost || isEnded) return;
    isLost = true;
    for (const listener of listeners.splice(0)) listener();
    void client.end(); // with a statement under way it destroys the socket, and never rejects
  };
  client.on("error", lose);
  client.on("end", lose);
  return {
    async query<Row>(statement: Statement) {
      try {
        return await before(clock, clock.monotonic() + answerMs, runStatement<Row>(client, statement));
      } catch (error) {
        if (breaksConnection(error)) lose();
        throw error;
      }
    },
    onLost(listener) {
      if (isLost) listener();
      else listeners.push(listener);
    },
    async end() {
      isEnded = true;
      // A database that stopped answering would never say goodbye, and a patient one's statements may take an hour.
      if (!isLost) await within(clock, DATABASE_ANSWER_MS, client.end());
    },
  };
}

async function setUp(connection: DatabaseConnection, settings: string): Promise<void> {
  try {
    await connection.query({ text: settings });
  } catch (error) {
    await connection.end();
    throw error;
  }
}

/** Borrows connections of a pool. */
function createLoans(pool: Pool, clock: Clock, answerMs: number) {
  /** Lends a connection to `work`, with the moment by which its first statement must have an answer. */
  async function lend<Result>(work: (client: PoolClient, deadlineMs: number) => Promise<Result>): Promise<Result> {
    const deadlineMs = clock.monotonic() + answerMs;
    let client: PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw databaseFailure(error);
    }
    let isBroken = true;
    try {
      const result = await work(client, deadlineMs);
      isBroken = false;
      return result;
    } catch (error) {
      isBroken = breaksConnection(error);
      throw error;
    } finally {
      client.release(isBroken);
    }
  }

  async function rollBack(client: PoolClient, reason: unknown): Promise<void> {
    if (breaksConnection(reason)) return; // the database rolls back what its lost connection had begun
    await before(clock, clock.monotonic() + answerMs, client.query("ROLLBACK"));
  }

  return { lend, rollBack };
}

/** Opens the database at `url`: connections are made when they are needed, so it may be away now. */
export function openDatabase(url: string, { clock, log }: DatabaseDeps, options: DatabaseOptions = {}): Database {
  const {
    answerMs = DATABASE_ANSWER_MS,
    lockMs = DATABASE_LOCK_MS,
    connectionsMax = DATABASE_CONNECTIONS_MAX,
  } = options;
  const config = clientConfig(url, answerMs, lockMs);
  const pool = new Pool({ ...config, max: connectionsMax, idleTimeoutMillis: DATABASE_IDLE_CONNECTION_MS });
  // Without these two an unused connection that breaks, or a lent one between two statements, would end the process.
  pool.on("error", (error) => log.warn({ error }, "an idle database connection broke"));
  pool.on("connect", (client) => client.on("error", () => undefined));
  const { lend, rollBack } = createLoans(pool, clock, answerMs);

  return {
    query: (text, values) =>
      lend((client, deadlineMs) => before(clock, deadlineMs, runStatement(client, { text, values: values ?? [] }))),

    transaction: (run) =>
      lend(async (client, deadlineMs) => {
        await before(clock, deadlineMs, client.query("BEGIN"));
        try {
          const result = await run((text, values) =>
            before(clock, clock.monotonic() + answerMs, runStatement(client, { text, ...(values && { values }) })),
          );
          const { command } = await before(clock, clock.monotonic() + answerMs, client.query("COMMIT"));
          // PostgreSQL answers the COMMIT of a transaction in which a statement failed with a quiet ROLLBACK.
          assert.equal(command, "COMMIT", "a failed statement of a transaction was passed over");
          return result;
        } catch (error) {
          await rollBack(client, error);
          throw error;
        }
      }),

    async connect(settings) {
      const client = new Client(config);
      const connection = ownConnection(client, clock, answerMs);
      try {
        await client.connect();
      } catch (error) {
        throw databaseFailure(error);
      }
      if (settings !== undefined) await setUp(connection, settings);
      return connection;
    },

    // A database that stopped answering would never say goodbye.
    close: () => Promise.race([pool.end(), sleep(clock, answerMs)]),
  };
}
