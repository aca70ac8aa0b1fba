// What a wallet's live listeners are told, as one statement reads it, and the generations that have ended since.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import { LIVE_GENERATION_MS, LIVE_GENERATIONS_MAX, LIVE_REPLAY_SLACK_MS } from "./limits.ts";
import type { Balance, BalanceRow } from "./balances.ts";
import { BALANCE_COLUMNS, balanceOf } from "./balances.ts";
import type { Earnings, EarningsRow } from "./earnings.ts";
import { EARNINGS_COLUMNS, earningsOf } from "./earnings.ts";
import { firstUuidAt, readGenerationId } from "@aimo-network/protocol/ids";
import { dayOf } from "./utc-days.ts";
import type { Generation, GenerationRow } from "./generation-record.ts";
import { GENERATION_COLUMNS, GENERATION_JOINS, generationOf } from "./generation-record.ts";
import type { Generations } from "./generations.ts";
import { walletBytes } from "./wallet-bytes.ts";

/** A wallet at one moment. */
export interface LiveState {
  readonly balance: Balance;
  readonly earnings: Earnings;
  /** Answers of the last days: another number says that there are new generations. */
  readonly answered: bigint;
}

/** Reads for live listeners. */
export interface LiveReader {
  state(wallet: string): Promise<LiveState>;
  /** Generations that were admitted at `fromMs` or later and are not among `known`, by the time they ended. */
  ended(wallet: string, fromMs: number, known: ReadonlySet<string>): Promise<readonly Generation[]>;
  /** Generations that ended after `id` did, or a little before; none where `id` is not the wallet's. */
  endedAfter(wallet: string, id: string): Promise<readonly Generation[]>;
}

const STATE_SQL = `SELECT ${BALANCE_COLUMNS}, ${EARNINGS_COLUMNS},
    (SELECT coalesce(sum(d.requests), 0) FROM usage_daily d
      WHERE d.user_id = w.id AND d.day >= DATE '1970-01-01' + $3::integer) AS answered
  FROM wallets w JOIN users u ON u.id = w.id JOIN providers p ON p.id = w.id WHERE w.address = $1`;

const ENDED_SQL = `SELECT ${GENERATION_COLUMNS} FROM (
    SELECT found.* FROM keys k CROSS JOIN LATERAL (
      SELECT * FROM generations g
      WHERE g.key_id = k.id AND g.day >= DATE '1970-01-01' + $2::integer AND g.id >= $3 AND NOT g.id = ANY ($4::uuid[])
      ORDER BY g.id DESC LIMIT $5
    ) found
    WHERE k.user_id = (SELECT id FROM wallets WHERE address = $1) AND k.last_used_at >= $6
    ORDER BY found.id DESC LIMIT $5
  ) g ${GENERATION_JOINS}`;

/** When an answer ended, in milliseconds since 1970. */
export function endedAtMs({ createdAtMs, durationMs }: Generation): number {
  return createdAtMs + durationMs;
}

/** Creates the reader. */
export function createLiveReader({ query }: Database, generations: Generations, clock: Clock): LiveReader {
  const findEnded: LiveReader["ended"] = async (wallet, fromMs, known) => {
    const uuids = [...known].map((id) => readGenerationId(id));
    const rows = await query<GenerationRow>(ENDED_SQL, [
      walletBytes(wallet),
      dayOf(fromMs),
      firstUuidAt(fromMs),
      uuids,
      LIVE_GENERATIONS_MAX,
      new Date(fromMs),
    ]);
    return rows.map(generationOf).toSorted((one, other) => endedAtMs(one) - endedAtMs(other));
  };
  return {
    async state(wallet) {
      const nowMs = clock.now();
      const values = [walletBytes(wallet), new Date(nowMs), dayOf(nowMs - LIVE_GENERATION_MS)];
      const [row] = await query<BalanceRow & EarningsRow & { readonly answered: bigint }>(STATE_SQL, values);
      return { balance: balanceOf(row), earnings: earningsOf(row), answered: row?.answered ?? 0n };
    },
    ended: findEnded,
    async endedAfter(wallet, id) {
      const last = await generations.find({ wallet }, id);
      if (last === undefined) return [];
      const fromMs = endedAtMs(last) - LIVE_REPLAY_SLACK_MS;
      const found = await findEnded(wallet, fromMs - LIVE_GENERATION_MS, new Set([id]));
      return found.filter((generation) => endedAtMs(generation) >= fromMs);
    },
  };
}
