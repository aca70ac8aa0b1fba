// The only place where balances change: what billing may ask of the books.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Price } from "@aimo-network/protocol/price";
import type { AppNumbers } from "./app-numbers.ts";
import { createAppNumbers } from "./app-numbers.ts";
import type { Deposit } from "./deposit.ts";
import { postDeposit } from "./deposit.ts";
import type { Numbers } from "./numbers.ts";
import { createNumbers } from "./numbers.ts";
import type { Pipeline, PipelineDeps, PipelineOptions } from "./pipeline.ts";
import { createPipeline } from "./pipeline.ts";
import { priceOf } from "./price-row.ts";
import type { PriceRow } from "./price-row.ts";
import { INTEGER_MAX } from "./storable.ts";

/** The attempt that runs now, where an earlier one of the same request has failed. */
export interface RetryCommand {
  readonly id: string;
  readonly attempt: number;
  readonly provider: number;
  readonly model: number;
  readonly price: number;
}

/** How far a stream has come. */
export interface Checkpoint {
  readonly id: string;
  readonly deliveredBytes: number;
}

/** An attempt whose router died before it could charge it. */
export interface OrphanedAttempt {
  readonly id: string;
  readonly user: number;
  readonly provider: number;
  readonly model: number;
  readonly priceNumber: number;
  readonly price: Price;
  readonly modelName: string;
  readonly ceiling: NanoUsdc;
  readonly promptTokensMax: number;
  readonly outputTokensMax: number;
  readonly imageCount: number;
  readonly deliveredBytes: number;
  readonly stream: boolean;
  /** The 95th percentile of what this offer has delivered per second lately; undefined where it has delivered nothing. */
  readonly tokensPerSecond: number | undefined;
}

/** The ledger's hot path and what belongs to it. */
export interface Ledger extends Pick<Pipeline, "lock" | "charge" | "chargesWaiting" | "settle"> {
  readonly numbers: Numbers;
  readonly apps: AppNumbers;
  /** Records that another attempt begins; false where the lock is not open any more. */
  retry(command: RetryCommand): Promise<boolean>;
  /** Records how far streams have come: what a replay may be charged for after a crash. */
  checkpoint(points: readonly Checkpoint[]): Promise<void>;
  /**
   * The attempt, where its router is gone, it was this provider's and the last one, and nothing was charged for it yet;
   * "running" while its router may still end it.
   */
  findOrphan(lockId: string, attempt: number, provider: number): Promise<OrphanedAttempt | "running" | undefined>;
  /** Credits a deposit once, however often it is told; gives the amount credited now. */
  deposit(deposit: Deposit): Promise<NanoUsdc>;
  close(): Promise<void>;
}

const RETRY = `UPDATE locks SET attempt = $2, provider_id = $3, model_id = $4, price_id = $5, delivered_bytes = 0
  WHERE id = $1 AND state = 'o' RETURNING id`;
// Rows that a batch holds are passed over: waiting for them here could close a ring.
const CHECKPOINT = `UPDATE locks l SET delivered_bytes = t.bytes FROM unnest($1::uuid[], $2::integer[]) t(id, bytes)
  WHERE l.id = t.id AND l.id IN (SELECT id FROM locks WHERE id = ANY ($1::uuid[]) AND state = 'o' FOR UPDATE SKIP LOCKED)`;
const ORPHAN = `SELECT l.id, l.user_id, l.provider_id, l.model_id, l.price_id, l.ceiling, l.prompt_tokens_max, l.output_tokens_max,
    l.image_count, l.delivered_bytes, l.is_stream, m.name, p.prompt, p.completion, p.cache_read, p.image, p.request,
    (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY g.completion_tokens * 1000 / g.duration_ms)
     FROM (SELECT completion_tokens, duration_ms FROM generations
           WHERE provider_id = l.provider_id AND model_id = l.model_id AND duration_ms > 0 ORDER BY id DESC LIMIT 100) g
    ) AS tokens_per_second, i.lease_until >= $4 AS has_router
  FROM locks l JOIN instances i ON i.id = l.instance_id JOIN models m ON m.id = l.model_id JOIN prices p ON p.id = l.price_id
  WHERE l.id = $1 AND l.attempt = $2 AND l.provider_id = $3 AND l.charged IS NULL
    AND (l.state = 'o' OR l.state = 'x' AND i.lease_until < $4)`;

interface OrphanRow extends PriceRow {
  readonly id: string;
  readonly user_id: number;
  readonly provider_id: number;
  readonly model_id: number;
  readonly price_id: number;
  readonly ceiling: bigint;
  readonly prompt_tokens_max: number;
  readonly output_tokens_max: number;
  readonly image_count: number;
  readonly delivered_bytes: number;
  readonly is_stream: boolean;
  readonly name: string;
  readonly tokens_per_second: number | null;
  readonly has_router: boolean;
}

function orphanOf(row: OrphanRow): OrphanedAttempt {
  return {
    id: row.id,
    user: row.user_id,
    provider: row.provider_id,
    model: row.model_id,
    priceNumber: row.price_id,
    price: priceOf(row),
    modelName: row.name,
    ceiling: nanoUsdc(row.ceiling),
    promptTokensMax: row.prompt_tokens_max,
    outputTokensMax: row.output_tokens_max,
    imageCount: row.image_count,
    deliveredBytes: row.delivered_bytes,
    stream: row.is_stream,
    tokensPerSecond: row.tokens_per_second ?? undefined,
  };
}

/** Opens the ledger on a database whose schema is up to date. */
export function createLedger(deps: PipelineDeps, options: PipelineOptions): Ledger {
  const { clock, database } = deps;
  const pipeline = createPipeline(deps, options);
  const timeNow = (): Date => new Date(clock.now());
  return {
    numbers: createNumbers(database.query),
    apps: createAppNumbers(database.query, clock),
    lock: (command) => pipeline.lock(command),
    charge: (command) => pipeline.charge(command),
    settle: (ms) => pipeline.settle(ms),
    get chargesWaiting() {
      return pipeline.chargesWaiting;
    },
    async retry({ id, attempt, provider, model, price }) {
      const rows = await database.query(RETRY, [id, attempt, provider, model, price]);
      return rows.length > 0;
    },
    async checkpoint(points) {
      // A stream may be longer than the column holds, what is charged for it is not.
      const bytes = points.map(({ deliveredBytes }) => Math.min(deliveredBytes, INTEGER_MAX));
      await database.query(CHECKPOINT, [points.map(({ id }) => id), bytes]);
    },
    async findOrphan(lockId, attempt, provider) {
      const [row] = await database.query<OrphanRow>(ORPHAN, [lockId, attempt, provider, timeNow()]);
      if (row === undefined) return undefined;
      return row.has_router ? "running" : orphanOf(row);
    },
    deposit: (deposit) => postDeposit(database, timeNow(), deposit),
    close: () => pipeline.close(),
  };
}
