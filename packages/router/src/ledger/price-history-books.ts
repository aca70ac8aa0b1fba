// The history of prices in PostgreSQL: written by all instances, one after the other, so that no change is written twice.
import { base58 } from "@scure/base";
import type { Price } from "@aimo-network/protocol/price";
import type { Database } from "./database/database.ts";
import type { PriceRow } from "./price-row.ts";
import { priceOf } from "./price-row.ts";

/** A price that a provider asks for a model from a moment on. */
interface Entry {
  readonly wallet: string;
  readonly modelId: string;
  readonly price: Price;
  readonly sinceMs: number;
}

/** What is kept. */
export interface PriceHistoryBounds {
  /** Milliseconds between two entries of an offer. */
  readonly everyMs: number;
  readonly perOfferMax: number;
  readonly perWalletMax: number;
  readonly keptMs: number;
}

/** The history. */
export interface PriceHistoryBooks {
  /** Takes at most one entry of each offer, and tells of each what became of it. */
  record(entries: readonly Entry[], nowMs: number): Promise<readonly ("recorded" | "known" | "too_soon")[]>;
  /** The newest entries of a model, or of one provider's, newest first. */
  newest(modelId: string, most: number, wallet?: string): Promise<readonly Entry[]>;
}

const LOCK = "SELECT pg_advisory_xact_lock(4713290662)"; // any number of its own: instances write in turns
const RECORD = `WITH given AS (
    SELECT * FROM unnest($1::bytea[], $2::text[], $3::timestamptz[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
      WITH ORDINALITY AS g (wallet, model, since, prompt, completion, cache_read, image, request, place)
  ), judged AS (
    SELECT given.*, CASE
      WHEN (l.prompt, l.completion, l.image, l.request) = (given.prompt, given.completion, given.image, given.request)
        AND l.cache_read IS NOT DISTINCT FROM given.cache_read THEN 'known'
      WHEN l.written_at > $9::timestamptz - $10::bigint * interval '1 millisecond' THEN 'too_soon'
      ELSE 'recorded' END AS outcome
    FROM given LEFT JOIN LATERAL (SELECT h.* FROM price_history h
      WHERE h.wallet = given.wallet AND h.model = given.model ORDER BY h.wallet, h.model, h.id DESC LIMIT 1) l ON true
  ), made AS (
    INSERT INTO price_history (wallet, model, since, written_at, prompt, completion, cache_read, image, request)
    SELECT wallet, model, since, $9, prompt, completion, cache_read, image, request FROM judged
    WHERE outcome = 'recorded' ORDER BY place
  )
  SELECT outcome FROM judged ORDER BY place`;
// Each deletes by ids that were found in an index: joined with the table, all of it would be read for a few rows.
const TRIM_OFFERS = `DELETE FROM price_history WHERE id = ANY (ARRAY (
  SELECT surplus.id FROM unnest($1::bytea[], $2::text[]) AS g (wallet, model), LATERAL (SELECT o.id FROM price_history o
    WHERE o.wallet = g.wallet AND o.model = g.model ORDER BY o.wallet, o.model, o.id DESC OFFSET $3) surplus))`;
const TRIM_WALLETS = `DELETE FROM price_history WHERE id = ANY (ARRAY (
  SELECT surplus.id FROM (SELECT DISTINCT wallet FROM unnest($1::bytea[]) AS w (wallet)) g, LATERAL (SELECT o.id
    FROM price_history o WHERE o.wallet = g.wallet ORDER BY o.wallet, o.id DESC OFFSET $2) surplus))`;
const OLD_AT_ONCE = 1_000; // more than are written at once, so that they never gather
const TRIM_OLD = `DELETE FROM price_history WHERE written_at < $1
  AND id = ANY (ARRAY (SELECT id FROM price_history ORDER BY id LIMIT ${OLD_AT_ONCE}))`;
const COLUMNS = "wallet, model, since, prompt, completion, cache_read, image, request";
const NEWEST = `SELECT ${COLUMNS} FROM price_history WHERE model = $1 ORDER BY model, id DESC LIMIT $2`;
const NEWEST_OF_ONE = `SELECT ${COLUMNS} FROM price_history WHERE wallet = $3 AND model = $1
  ORDER BY wallet, model, id DESC LIMIT $2`;

interface Row extends PriceRow {
  readonly wallet: Uint8Array;
  readonly model: string;
  readonly since: Date;
}

const bytesOf = (wallet: string): Buffer => Buffer.from(base58.decode(wallet));

function columnsOf(entries: readonly Entry[]): readonly unknown[][] {
  return [
    entries.map(({ wallet }) => bytesOf(wallet)),
    entries.map(({ modelId }) => modelId),
    entries.map(({ sinceMs }) => new Date(sinceMs)),
    entries.map(({ price }) => price.prompt),
    entries.map(({ price }) => price.completion),
    entries.map(({ price }) => price.inputCacheRead ?? null),
    entries.map(({ price }) => price.image ?? 0n),
    entries.map(({ price }) => price.request ?? 0n),
  ];
}

/** Opens the history of a database. */
export function openPriceHistory(
  database: Pick<Database, "query" | "transaction">,
  { everyMs, perOfferMax, perWalletMax, keptMs }: PriceHistoryBounds,
): PriceHistoryBooks {
  return {
    record: (entries, nowMs) =>
      database.transaction(async (query) => {
        await query(LOCK);
        const columns = columnsOf(entries);
        const judged = await query<{ outcome: "recorded" | "known" | "too_soon" }>(RECORD, [
          ...columns,
          new Date(nowMs),
          everyMs,
        ]);
        const outcomes = judged.map(({ outcome }) => outcome);
        const recorded = entries.filter((_entry, index) => outcomes[index] === "recorded");
        if (recorded.length === 0) return outcomes;
        const [wallets, models] = columnsOf(recorded);
        await query(TRIM_OFFERS, [wallets, models, perOfferMax]);
        await query(TRIM_WALLETS, [wallets, perWalletMax]);
        await query(TRIM_OLD, [new Date(nowMs - keptMs)]);
        return outcomes;
      }),
    async newest(modelId, most, wallet) {
      const values = wallet === undefined ? [modelId, most] : [modelId, most, bytesOf(wallet)];
      const rows = await database.query<Row>(wallet === undefined ? NEWEST : NEWEST_OF_ONE, values);
      return rows.map((row) => ({
        wallet: base58.encode(row.wallet),
        modelId: row.model,
        price: priceOf(row),
        sinceMs: row.since.getTime(),
      }));
    },
  };
}
