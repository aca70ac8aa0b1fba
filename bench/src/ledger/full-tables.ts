// Ten million generations of 100,000 users over thirty days, with what belongs to them: made by the database itself.
import type { Clock } from "@aimo-network/protocol/clock";
import { startOfDayMs } from "aimo-router/src/activity/utc-days.ts";
import type { BenchBooks } from "./bench-books.ts";
import type { Cast } from "./cast.ts";
import { enterCast } from "./cast.ts";

const USERS = 100_000;
const PROVIDERS = 200;
const DAYS = 30;
const GENERATIONS_A_DAY = 333_334;
const DAY_MS = 86_400_000;
const LOCKED_DAYS = 2; // as long as ended locks are kept

// Ids are as a router makes them: the time, then what is random. A user asks one provider for one model, at any time of the day.
const GENERATIONS_OF_DAY = `INSERT INTO generations (day, id, user_id, key_id, provider_id, model_id, price_id, prompt_tokens,
    completion_tokens, cached_tokens, reasoning_tokens, first_output_ms, duration_ms, cost, image_count, flags, finish_reason)
  SELECT $1::date, (lpad(to_hex($2::bigint + n * $3::bigint / $4::bigint), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid,
    u.id, u.id, 1 + u.id % $5::integer, $6, $7, 10, 20, 0, 0, 10, 20, 5000, 0, 1, 'stop'
  FROM (SELECT n, 1 + floor(random() * $8::integer)::integer AS id FROM generate_series(0, $4::bigint - 1) n) u`;
const USAGE_OF_DAY = `INSERT INTO usage_daily SELECT user_id, day, key_id, model_id, provider_id, count(*), sum(prompt_tokens),
    sum(completion_tokens), sum(reasoning_tokens), sum(cached_tokens), sum(cost)
  FROM generations WHERE day = $1 GROUP BY 1, 2, 3, 4, 5`;
const LOCKS_OF_DAY = `INSERT INTO locks (id, user_id, key_id, instance_id, provider_id, model_id, price_id, ceiling, charged, deadline,
    ended_at, key_window, rate_minute, tokens, prompt_tokens_max, output_tokens_max, image_count, is_stream, state)
  SELECT id, user_id, key_id, 1, provider_id, model_id, price_id, 100000, cost, day + interval '1 day', day, '1970-01-01', 0, 1000,
    100, 900, 0, true, 'c' FROM generations WHERE day = $1`;
const JOURNAL_OF_DAY = `INSERT INTO journal (at, event, ref, user_id, provider_id, amount, rest)
  SELECT day, event, id, user_id, CASE event WHEN 3 THEN provider_id END, CASE event WHEN 2 THEN 100000 ELSE cost END,
    CASE event WHEN 3 THEN 100000 - cost ELSE 0 END
  FROM generations, unnest(ARRAY[2, 3]) event WHERE day = $1`;
// What was charged is owed, and was deposited before: the books balance.
const OWED = [
  "INSERT INTO payables (user_id, provider_id, amount) SELECT user_id, provider_id, sum(cost) FROM usage_daily GROUP BY 1, 2",
  "UPDATE users u SET payable = p.amount FROM (SELECT user_id, sum(amount) AS amount FROM payables GROUP BY 1) p WHERE u.id = p.user_id",
  "UPDATE router_accounts SET vault = vault + (SELECT sum(amount) FROM payables)",
];

/** Fills fresh books; takes minutes. The last day ends now. */
export async function fillTables(books: BenchBooks, clock: Clock, say: (line: string) => void): Promise<Cast> {
  const { patient } = books;
  const cast = await enterCast(books, USERS, PROVIDERS);
  const today = Math.floor(clock.now() / DAY_MS);
  const nameOf = (day: number): string => new Date(startOfDayMs(day)).toISOString().slice(0, 10);
  for (const table of ["journal", "generations"]) {
    const values = [table, nameOf(today - DAYS + 1), DAYS + 1];
    await patient.query("SELECT ledger_make_partitions($1, $2::date, $3)", values);
  }
  for (let day = today - DAYS + 1; day <= today; day += 1) {
    say(`generations of ${nameOf(day)}`);
    const name = nameOf(day);
    const startMs = startOfDayMs(day);
    const lengthMs = Math.min(DAY_MS, clock.now() - startMs);
    const values = [name, startMs, lengthMs, GENERATIONS_A_DAY, PROVIDERS, cast.model, cast.price, USERS];
    await patient.query(GENERATIONS_OF_DAY, values);
    await patient.query(USAGE_OF_DAY, [name]);
    if (day <= today - LOCKED_DAYS) continue;
    await patient.query(LOCKS_OF_DAY, [name]);
    await patient.query(JOURNAL_OF_DAY, [name]);
  }
  for (const statement of OWED) await patient.query(statement);
  say("vacuum, analyze, checkpoint");
  await patient.query("VACUUM ANALYZE");
  await patient.query("CHECKPOINT");
  return cast;
}
