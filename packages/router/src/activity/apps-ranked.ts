// The apps that many wallets pay for, as they were ranked for a day.
import { LRUCache } from "lru-cache";
import type { Clock } from "@aimo-network/protocol/clock";
import type { Database } from "../ledger/database/database.ts";
import { APP_RANKINGS_KEPT_MAX, APP_RANKINGS_KEPT_MS } from "./limits.ts";

/** Days that a ranking may cover. */
export type RankedDays = 1 | 7 | 30;

/** One app of a ranking; numbers have two digits that say something. */
export interface RankedApp {
  readonly rank: number;
  readonly id: number;
  readonly url: string;
  /** Empty where no name of it is used by enough. */
  readonly title: string;
  readonly wallets: bigint;
  readonly requests: bigint;
  readonly tokens: bigint;
  readonly models: readonly string[];
}

/** The apps of some days, the first rank first. */
export interface AppRanking {
  /** The last of its days, counted from 1970. */
  readonly lastDay: number;
  /** When it was made, in milliseconds since 1970. */
  readonly madeAtMs: number;
  readonly apps: readonly RankedApp[];
}

/** Reads rankings. */
export interface AppRankings {
  /** Of the days up to `lastDay`, or up to the newest that is ranked; undefined where that is not ranked. */
  of(days: RankedDays, lastDay?: number): Promise<AppRanking | undefined>;
}

interface DayRow {
  readonly day: number;
  readonly made_at: Date;
}

interface AppRow extends Omit<RankedApp, "id"> {
  readonly site_id: number;
}

const DAY_SQL = `SELECT last_day - DATE '1970-01-01' AS day, made_at FROM app_ranking_days
  WHERE $1::integer IS NULL OR last_day = DATE '1970-01-01' + $1::integer ORDER BY last_day DESC LIMIT 1`;
const APPS_SQL = `SELECT r.rank, r.site_id, s.url, r.title, r.wallets, r.requests, r.tokens, r.models
  FROM app_rankings r JOIN app_sites s ON s.id = r.site_id
  WHERE r.last_day = DATE '1970-01-01' + $1::integer AND r.days = $2 ORDER BY r.rank`;

async function read({ query }: Database, days: RankedDays, lastDay: number | undefined) {
  const [day] = await query<DayRow>(DAY_SQL, [lastDay ?? null]);
  if (day === undefined) return undefined;
  const rows = await query<AppRow>(APPS_SQL, [day.day, days]);
  const apps = rows.map(({ site_id: id, ...app }): RankedApp => ({ id, ...app }));
  return { lastDay: day.day, madeAtMs: day.made_at.getTime(), apps };
}

/** Creates the reader; what was read is told for a while, so that strangers who ask keep no database busy. */
export function createAppRankings(database: Database, clock: Clock): AppRankings {
  const kept = new LRUCache<string, { readonly ranking: Promise<AppRanking | undefined>; readonly untilMs: number }>({
    max: APP_RANKINGS_KEPT_MAX,
  });
  return {
    of(days, lastDay) {
      const name = `${days} ${lastDay ?? "newest"}`;
      const known = kept.get(name);
      if (known !== undefined && clock.monotonic() < known.untilMs) return known.ranking;
      const ranking = read(database, days, lastDay);
      kept.set(name, { ranking, untilMs: clock.monotonic() + APP_RANKINGS_KEPT_MS });
      ranking.catch(() => kept.delete(name)); // the next who asks may have more luck
      return ranking;
    },
  };
}
