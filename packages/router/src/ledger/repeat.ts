// Work that an instance does again and again, and that ends with it.
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import type { Database, DatabaseConnection, Query } from "./database/database.ts";

/** What is repeated, under which name failures are logged, and how long it rests between two turns. */
export interface RepeatedWork {
  readonly what: string;
  readonly restMs: number;
  turn(): Promise<void>;
  /** Breaks off the turn under way, where it may take long. */
  breakOff?(): void;
}

/** Does the work until it is stopped, each time after the last has ended; failures are logged and tried again. */
export function repeat(
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
  { what, restMs, turn, breakOff }: RepeatedWork,
): () => Promise<void> {
  let timer: Timer | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;
  const next = async (): Promise<void> => {
    try {
      await turn();
    } catch (error) {
      if (isAimoError(error, "ledger_unavailable")) log.debug({ error }, `${what}: the database is away`);
      else log.error({ error }, `${what} failed`);
    }
    if (!stopped) timer = clock.timer(restMs, () => void (running = next()));
  };
  running = next();
  return async () => {
    stopped = true;
    timer?.cancel();
    breakOff?.();
    await running;
  };
}

/** A turn on a connection of its own to a patient database, which is broken off by ending the connection. */
export function onOwnConnection(
  database: Database,
  run: (query: Query) => Promise<void>,
): Pick<RepeatedWork, "turn" | "breakOff"> {
  let connection: DatabaseConnection | undefined;
  return {
    async turn() {
      const own = await database.connect();
      connection = own;
      try {
        await run((text, values) => own.query({ text, ...(values && { values }) }));
      } finally {
        connection = undefined;
        await own.end();
      }
    },
    breakOff: () => void connection?.end(),
  };
}
