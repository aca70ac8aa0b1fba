// Answered requests of a wallet: one by its id, or the newest first, page by page.
import type { Database } from "../ledger/database/database.ts";
import { GENERATION_LIST_DAYS } from "./limits.ts";
import { firstUuidAt, generationId, readGenerationId, uuidTimeMs } from "@aimo-network/protocol/ids";
import { dayOf, startOfDayMs } from "./utc-days.ts";
import type { Generation, GenerationRow } from "./generation-record.ts";
import { GENERATION_COLUMNS, GENERATION_JOINS, generationOf } from "./generation-record.ts";
import { keyIdBytes, walletBytes } from "./wallet-bytes.ts";

/** Who reads: a wallet, or one of its keys alone, which sees what it made itself. */
export interface Reader {
  readonly wallet: string;
  readonly onlyKeyId?: string;
}

/** Which generations a list has; what is left out bounds nothing. */
export interface GenerationFilter {
  /** The id that the list goes on below. */
  readonly before?: string;
  readonly limit: number;
  readonly model?: string;
  readonly keyId?: string;
  readonly provider?: string;
  /** Milliseconds since 1970 of the first admission that counts, and of the first that does not any more. */
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** A part of a list. */
export interface GenerationPage {
  readonly generations: readonly Generation[];
  /** What to pass as `before` for the next part; undefined where there is none. */
  readonly next: string | undefined;
}

/** Reads the generations of a wallet; those of others are not there. */
export interface Generations {
  find(reader: Reader, id: string): Promise<Generation | undefined>;
  list(reader: Reader, filter: GenerationFilter): Promise<GenerationPage>;
}

const FIND_SQL = `SELECT ${GENERATION_COLUMNS} FROM generations g ${GENERATION_JOINS}
  WHERE g.day = DATE '1970-01-01' + $1::integer AND g.id = $2
    AND g.user_id = (SELECT id FROM wallets WHERE address = $3) AND ($4::bytea IS NULL OR k.key_id = $4)`;

const IS_ASKED_FOR = `($6::bytea IS NULL OR u.key_id = (SELECT id FROM keys WHERE key_id = $6))
  AND ($7::bytea IS NULL OR u.key_id = (SELECT id FROM keys WHERE key_id = $7))
  AND ($8::text IS NULL OR u.model_id = (SELECT id FROM models WHERE name = $8))
  AND ($9::bytea IS NULL OR u.provider_id = (SELECT id FROM wallets WHERE address = $9))`;

// The days' sums say which days and keys a page is found in, so that no more of the large table is looked at. The newest
// day may be cut off in its middle: its sum is no promise.
const LIST_SQL = `
  WITH asker AS MATERIALIZED (SELECT id FROM wallets WHERE address = $1),
  days AS MATERIALIZED (
    SELECT u.day, sum(u.requests) AS requests FROM usage_daily u
    WHERE u.user_id = (SELECT id FROM asker) AND u.day BETWEEN DATE '1970-01-01' + $2::integer AND DATE '1970-01-01' + $3::integer
      AND ${IS_ASKED_FOR} GROUP BY u.day
  ),
  needed AS MATERIALIZED (
    SELECT min(day) AS first_day FROM (
      SELECT day, sum(requests) FILTER (WHERE day < DATE '1970-01-01' + $3::integer)
        OVER (ORDER BY day DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS newer FROM days
    ) t WHERE coalesce(newer, 0) < $10
  ),
  places AS MATERIALIZED (
    SELECT DISTINCT u.day, u.key_id FROM usage_daily u
    WHERE u.user_id = (SELECT id FROM asker) AND u.day BETWEEN (SELECT first_day FROM needed) AND DATE '1970-01-01' + $3::integer
      AND ${IS_ASKED_FOR}
  ),
  page AS MATERIALIZED (
    SELECT found.* FROM places CROSS JOIN LATERAL (
      SELECT u.* FROM generations u
      WHERE u.day = places.day AND u.key_id = places.key_id AND u.id >= $4 AND u.id < $5 AND ${IS_ASKED_FOR}
      ORDER BY u.id DESC LIMIT $10
    ) found ORDER BY found.id DESC LIMIT $10
  )
  SELECT ${GENERATION_COLUMNS} FROM page g ${GENERATION_JOINS} ORDER BY g.id DESC`;

const OLDER_DAY_SQL = `SELECT u.day - DATE '1970-01-01' AS day FROM usage_daily u
  WHERE u.user_id = (SELECT id FROM wallets WHERE address = $1) AND u.day < DATE '1970-01-01' + $2::integer
  ORDER BY u.day DESC LIMIT 1`;

const TIME_MS_END = 253_402_300_800_000; // the year 10000: where PostgreSQL and JavaScript still agree about days

async function findOlderDay({ query }: Database, wallet: string, day: number): Promise<number | undefined> {
  const [row] = await query<{ readonly day: number }>(OLDER_DAY_SQL, [walletBytes(wallet), day]);
  return row?.day;
}

/** The UUIDs that a list lies between: from the first on, below the second. */
function boundsOf({ before, fromMs = 0, toMs = TIME_MS_END }: GenerationFilter): readonly [string, string] {
  const end = firstUuidAt(Math.min(toMs, TIME_MS_END));
  const cursor = before === undefined ? undefined : readGenerationId(before);
  return [firstUuidAt(fromMs), cursor !== undefined && cursor < end ? cursor : end];
}

/** Creates the reader of generations; `nowMs` bounds lists that name no end. */
export function createGenerations(database: Database): Generations {
  return {
    async find({ wallet, onlyKeyId }, id) {
      const uuid = readGenerationId(id);
      if (uuid === undefined) return undefined;
      const [row] = await database.query<GenerationRow>(FIND_SQL, [
        dayOf(uuidTimeMs(uuid)),
        uuid,
        walletBytes(wallet),
        onlyKeyId === undefined ? null : keyIdBytes(onlyKeyId),
      ]);
      return row && generationOf(row);
    },

    async list({ wallet, onlyKeyId }, filter) {
      const [first, end] = boundsOf(filter);
      const newest = await findOlderDay(database, wallet, dayOf(uuidTimeMs(end)) + 1);
      if (newest === undefined) return { generations: [], next: undefined };
      const oldest = Math.max(dayOf(uuidTimeMs(first)), newest - GENERATION_LIST_DAYS + 1);
      const rows = await database.query<GenerationRow>(LIST_SQL, [
        walletBytes(wallet),
        oldest,
        dayOf(uuidTimeMs(end)),
        first,
        end,
        onlyKeyId === undefined ? null : keyIdBytes(onlyKeyId),
        filter.keyId === undefined ? null : keyIdBytes(filter.keyId),
        filter.model ?? null,
        filter.provider === undefined ? null : walletBytes(filter.provider),
        filter.limit,
      ]);
      const generations = rows.map(generationOf);
      if (generations.length === filter.limit) return { generations, next: generations.at(-1)?.id };
      const older = await findOlderDay(database, wallet, oldest);
      const isOver = older === undefined || older < dayOf(uuidTimeMs(first));
      return { generations, next: isOver ? undefined : generationId(firstUuidAt(startOfDayMs(older + 1))) };
    },
  };
}
