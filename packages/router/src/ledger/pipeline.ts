// The hot path's one queue: what gathers while a batch is under way goes with the next one, in one round trip.
import { assert } from "@aimo-network/protocol/assert";
import type { Clock, Timer } from "@aimo-network/protocol/clock";
import { within } from "@aimo-network/protocol/clock";
import { AimoError, isAimoError } from "@aimo-network/protocol/errors";
import type { Logger } from "pino";
import { LEDGER_BATCH_MAX, LEDGER_CHARGES_WAITING_MAX, LEDGER_LOCKS_WAITING_MAX, LEDGER_RETRY_MS } from "./limits.ts";
import { POST_SETTINGS, POST_STATEMENT, postValues } from "./batch-arrays.ts";
import type { ChargeCommand, ChargeResult, LockCommand, LockResult } from "./commands.ts";
import { releaseOf } from "./commands.ts";
import type { Database, DatabaseConnection } from "./database/database.ts";
import type { PostAnswer } from "./lock-answers.ts";
import { readCharges, readLocks } from "./lock-answers.ts";
import { isStorableCharge, isStorableLock } from "./storable.ts";

/** Posts locks and charges in batches. */
export interface Pipeline {
  /** Rejects with `overloaded` when too many wait, with `ledger_unavailable` when the database cannot be reached. */
  lock(command: LockCommand): Promise<LockResult>;
  /** Resolves when the charge is committed, however long the database is away; rejects only where it refuses the charge itself. */
  charge(command: ChargeCommand): Promise<ChargeResult>;
  /** Charges that are not committed yet. */
  readonly chargesWaiting: number;
  /** Resolves when nothing waits any more, or `ms` have passed. */
  settle(ms: number): Promise<void>;
  close(): Promise<void>;
}

/** What the pipeline counts for whoever watches it. */
export interface PipelineCounts {
  batch(size: number, seconds: number): void;
  /** A batch was refused as a whole and went row by row; `state` is SQL's. */
  refused(state: string): void;
}

/** What a pipeline needs. */
export interface PipelineDeps {
  readonly clock: Clock;
  /** The time that input and output take. */
  readonly ioClock: Clock;
  readonly log: Logger;
  readonly database: Database;
  readonly counts: PipelineCounts;
}

/** Fixed for the life of a pipeline. */
export interface PipelineOptions {
  readonly instance: number;
  /** `p_rates` of `ledger_lock_one`: requests and tokens per minute of a key, of a wallet; running requests of either. */
  readonly rates: readonly bigint[];
}

interface Waiting<Command, Result> {
  readonly command: Command;
  resolve(result: Result): void;
  reject(error: Error): void;
}

type WaitingLock = Waiting<LockCommand, LockResult>;
type WaitingCharge = Waiting<ChargeCommand, ChargeResult>;

interface Batch {
  readonly charges: readonly WaitingCharge[];
  readonly locks: readonly WaitingLock[];
}

const ROW_TRIES_MAX = 3; // against what others do to it at the same moment
/** What another transaction did to a row, and not the row itself: it is tried again. */
const PASSING_STATES: ReadonlySet<string> = new Set(["40P01", "40001"]);
const BROKEN = new AimoError("internal", {}); // for callers; the log has the cause

function stateOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "unknown";
}

class BatchPipeline implements Pipeline {
  readonly #deps: PipelineDeps;
  readonly #options: PipelineOptions;
  readonly #locks: WaitingLock[] = [];
  readonly #charges: WaitingCharge[] = [];
  /** Charges of the batch under way. */
  #chargesPosting = 0;
  #connection: DatabaseConnection | undefined;
  /** Halved when the database did not answer in time, so that what is too much at once comes through in the end. */
  #batchMax = LEDGER_BATCH_MAX;
  #isRunning = false;
  #retry: Timer | undefined;
  #isClosed = false;
  readonly #idle: (() => void)[] = [];

  constructor(deps: PipelineDeps, options: PipelineOptions) {
    this.#deps = deps;
    this.#options = options;
  }

  get chargesWaiting(): number {
    return this.#charges.length + this.#chargesPosting;
  }

  lock(command: LockCommand): Promise<LockResult> {
    if (this.#isClosed) return Promise.reject(new AimoError("draining", {}));
    if (this.#locks.length >= LEDGER_LOCKS_WAITING_MAX || this.#charges.length >= LEDGER_CHARGES_WAITING_MAX) {
      return Promise.reject(new AimoError("overloaded", { what: "too many requests wait for the ledger" }));
    }
    if (!isStorableLock(command)) return Promise.reject(BROKEN);
    return new Promise((resolve, reject) => {
      this.#locks.push({ command, resolve, reject });
      this.#wake();
    });
  }

  charge(command: ChargeCommand): Promise<ChargeResult> {
    if (!isStorableCharge(command)) return Promise.reject(BROKEN);
    return new Promise((resolve, reject) => {
      this.#charges.push({ command, resolve, reject });
      this.#wake();
    });
  }

  async settle(ms: number): Promise<void> {
    if (!this.#isRunning && this.chargesWaiting === 0) return;
    await within(this.#deps.ioClock, ms, new Promise<void>((resolve) => void this.#idle.push(resolve)));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#retry?.cancel();
    await this.#connection?.end();
  }

  #wake(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    while (this.#locks.length > 0 || this.#charges.length > 0) {
      const batch = this.#take();
      if (await this.#post(batch)) continue;
      if (this.#isClosed) break;
      if (this.#charges.length === 0) continue;
      // Only charges wait for the database to come back; a lock that comes meanwhile asks again at once.
      this.#retry ??= this.#deps.ioClock.timer(LEDGER_RETRY_MS, () => {
        this.#retry = undefined;
        this.#wake();
      });
      break;
    }
    this.#isRunning = false;
    if (this.chargesWaiting === 0) for (const tell of this.#idle.splice(0)) tell();
  }

  #take(): Batch {
    const charges = this.#charges.splice(0, this.#batchMax);
    const locks = this.#locks.splice(0, this.#batchMax);
    this.#chargesPosting = charges.length;
    return { charges, locks };
  }

  async #connected(): Promise<DatabaseConnection> {
    if (this.#connection !== undefined) return this.#connection;
    const connection = await this.#deps.database.connect(POST_SETTINGS);
    connection.onLost(() => {
      if (this.#connection === connection) this.#connection = undefined;
    });
    this.#connection = connection;
    return connection;
  }

  /** Posts a batch and tells everybody; false where the database could not be reached, with the charges back in the queue. */
  async #post(batch: Batch): Promise<boolean> {
    const startMs = this.#deps.ioClock.monotonic();
    let sent = false;
    try {
      const connection = await this.#connected();
      sent = true;
      this.#tell(batch, await this.#ask(connection, batch, false));
      this.#deps.counts.batch(
        batch.charges.length + batch.locks.length,
        (this.#deps.ioClock.monotonic() - startMs) / 1000,
      );
      this.#batchMax = LEDGER_BATCH_MAX;
      return true;
    } catch (error) {
      if (!isAimoError(error, "ledger_unavailable")) return await this.#postOneByOne(batch, error);
      if (sent) this.#batchMax = Math.max(1, Math.floor(this.#batchMax / 2));
      this.#giveUp(batch, error, sent);
      return false;
    } finally {
      this.#chargesPosting = 0;
    }
  }

  /** Locks are refused; charges stay. What was sent may be committed all the same: its locks are released again. */
  #giveUp({ charges, locks }: Batch, error: Error, sent: boolean): void {
    this.#deps.log.warn({ error, charges: charges.length, locks: locks.length }, "the ledger cannot be reached");
    this.#charges.unshift(...charges);
    for (const { command, reject } of locks) {
      reject(error);
      if (sent)
        this.charge(releaseOf(command)).catch((cause: unknown) =>
          this.#deps.log.error({ error: cause }, "release failed"),
        );
    }
    for (const { reject } of this.#locks.splice(0)) reject(error);
  }

  async #postOneByOne(batch: Batch, cause: unknown): Promise<boolean> {
    const state = stateOf(cause);
    this.#deps.counts.refused(state);
    const rows: Batch[] = [
      ...batch.charges.map((charge) => ({ charges: [charge], locks: [] })),
      ...batch.locks.map((lock) => ({ charges: [], locks: [lock] })),
    ];
    for (const [index, row] of rows.entries()) {
      try {
        await this.#postRow(row);
      } catch (error) {
        if (isAimoError(error, "ledger_unavailable")) {
          const left = rows.slice(index);
          const all = { charges: left.flatMap(({ charges }) => charges), locks: left.flatMap(({ locks }) => locks) };
          this.#giveUp(all, error, true);
          return false;
        }
        const ids = [...row.charges, ...row.locks].map(({ command }) => command.id);
        this.#deps.log.error({ error, state: stateOf(error), ids }, "the ledger refused a row");
        for (const { reject } of [...row.charges, ...row.locks]) reject(BROKEN);
      }
    }
    return true;
  }

  async #postRow(row: Batch, triesLeft = ROW_TRIES_MAX): Promise<void> {
    try {
      this.#tell(row, await this.#ask(await this.#connected(), row, true));
    } catch (error) {
      if (triesLeft <= 1 || !PASSING_STATES.has(stateOf(error))) throw error;
      await this.#postRow(row, triesLeft - 1);
    }
  }

  async #ask(connection: DatabaseConnection, { charges, locks }: Batch, careful: boolean): Promise<PostAnswer> {
    const values = postValues(
      { charges: charges.map(({ command }) => command), locks: locks.map(({ command }) => command) },
      { ...this.#options, nowMs: this.#deps.clock.now(), careful },
    );
    const [answer] = await connection.query<PostAnswer>({ name: "post", text: POST_STATEMENT, values });
    assert(answer !== undefined, "a function answers with one row");
    return answer;
  }

  #tell({ charges, locks }: Batch, answer: PostAnswer): void {
    const charged = readCharges(
      answer,
      charges.map(({ command }) => command),
    );
    for (const [index, { resolve }] of charges.entries()) resolve(charged[index] as ChargeResult);
    const locked = readLocks(
      answer,
      locks.map(({ command }) => command),
    );
    for (const [index, { resolve, reject }] of locks.entries()) {
      const result = locked[index] as LockResult | Error;
      if (result instanceof Error) reject(result);
      else resolve(result);
    }
  }
}

/** Creates a pipeline; it connects when it is first used. */
export function createPipeline(deps: PipelineDeps, options: PipelineOptions): Pipeline {
  return new BatchPipeline(deps, options);
}
