// Who does a job for all instances: one that holds the job's lock, and whose fence no later one has raised.
import { isAimoError } from "@aimo-network/protocol/errors";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Logger } from "pino";
import type { Database, DatabaseConnection } from "../database/database.ts";
import { LEADERSHIP_SILENCE_MS, LEADERSHIP_TRY_MS } from "../limits.ts";
import { repeat } from "../repeat.ts";

/** Jobs of which one instance at a time is the leader: posting what the chain says, settling, and examining offers. */
export type LeaderJob = "watcher" | "settler" | "inspector";

/** An instance's wish to lead a job. */
export interface Leadership {
  /** What its writes carry while it leads; undefined while another does. A write with an old fence is refused. */
  readonly fence: bigint | undefined;
  /** Resolves when it was tried once, whether it leads or not. */
  readonly tried: Promise<void>;
  close(): Promise<void>;
}

/** What leading needs. */
export interface LeadershipDeps {
  readonly clock: Clock;
  readonly log: Logger;
  readonly database: Database;
}

const TRY = "SELECT pg_try_advisory_lock(hashtext('aimo ' || $1)) AS led";
const LEAD = "SELECT ledger_lead($1, $2, $3) AS fence";
const ALIVE = "SELECT 1 FROM leaders WHERE job = $1 AND fence = $2";
// The database itself ends a connection that is silent: else a machine that lost its power would lead for hours.
const END_WHEN_SILENT = "SELECT set_config('idle_session_timeout', $1, false)";

/** Tries to lead a job for as long as it is open: at once, and again whenever another leads or the database was away. */
export function leadJob(deps: LeadershipDeps, job: LeaderJob, instance: number): Leadership {
  const { clock, log, database } = deps;
  let connection: DatabaseConnection | undefined;
  let fence: bigint | undefined;
  const first = Promise.withResolvers<void>();
  const lose = async (): Promise<void> => {
    const lost = connection;
    [connection, fence] = [undefined, undefined];
    await lost?.end();
  };
  const open = async (): Promise<DatabaseConnection> => {
    const mine = await database.connect();
    connection = mine;
    mine.onLost(() => {
      if (connection === mine) [connection, fence] = [undefined, undefined];
    });
    await mine.query({ text: END_WHEN_SILENT, values: [`${LEADERSHIP_SILENCE_MS}ms`] });
    return mine;
  };
  const take = async (): Promise<void> => {
    const mine = connection ?? (await open());
    const [row] = await mine.query<{ led: boolean }>({ text: TRY, values: [job] });
    if (row?.led !== true) return;
    const values = [new Date(clock.now()), job, instance];
    const [led] = await mine.query<{ fence: bigint }>({ text: LEAD, values });
    if (connection !== mine) return;
    fence = led?.fence;
    log.info({ job, fence: String(fence) }, "leads");
  };
  const stop = repeat(deps, {
    what: `leading the ${job}`,
    restMs: LEADERSHIP_TRY_MS,
    async turn() {
      try {
        if (fence === undefined || connection === undefined) return await take();
        const rows = await connection.query({ text: ALIVE, values: [job, fence] });
        if (rows.length === 0) await lose();
      } catch (error) {
        await lose();
        if (!isAimoError(error, "ledger_unavailable")) throw error;
      } finally {
        first.resolve();
      }
    },
  });
  return {
    get fence() {
      return fence;
    },
    tried: first.promise,
    async close() {
      await stop();
      await lose();
    },
  };
}
