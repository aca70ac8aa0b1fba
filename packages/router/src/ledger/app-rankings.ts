// Which apps many wallets pay for: ranked once for each day that is over, when nobody waits for it.
import type { Clock } from "@aimo-network/protocol/clock";
import type { Query } from "./database/database.ts";
import {
  APP_MODELS_MAX,
  APP_PAYER_NANO_USDC_MIN,
  APP_RANKINGS_BACK_DAYS,
  APP_RANKINGS_WAIT_MS,
  APP_WALLETS_MIN,
  APPS_RANKED_MAX,
} from "./limits.ts";

const MS_PER_DAY = 86_400_000;

const RANK_SQL = "SELECT app_rank_next_day($1, $2::date, $3, $4::date, $5, $6, $7, $8) AS ranked";

const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Makes the rankings that are missing and forgets those of before the last `historyDays`. */
export async function rankApps(query: Query, clock: Clock, historyDays: number): Promise<void> {
  let ranked = true;
  while (ranked) {
    const nowMs = clock.now();
    const [row] = await query<{ readonly ranked: boolean }>(RANK_SQL, [
      new Date(nowMs),
      dayAt(nowMs - MS_PER_DAY - APP_RANKINGS_WAIT_MS),
      APP_RANKINGS_BACK_DAYS,
      dayAt(nowMs - historyDays * MS_PER_DAY),
      APP_PAYER_NANO_USDC_MIN,
      APP_WALLETS_MIN,
      APPS_RANKED_MAX,
      APP_MODELS_MAX,
    ]);
    ranked = row?.ranked === true;
  }
}
