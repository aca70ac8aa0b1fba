// What `check-ledger` asks: each question gives a row for every account that is not as the journal and the closed days say.

/** A question, and what is wrong where it is answered with rows. */
export interface LedgerCheck {
  readonly name: string;
  /** Gives `account`, `user_id`, `provider_id`, `day`, `expected` and `found`. */
  readonly text: string;
}

const LAST_CLOSED = "(SELECT max(day) FROM closings)";
const SINCE_CLOSED = `coalesce(ledger_day_start(${LAST_CLOSED} + 1), '-infinity')`;
const NO_DAY = "NULL::date AS day";
const NOBODY = "0 AS user_id, 0 AS provider_id";

// A tampered hash shows on its own day and on the next, a tampered balance on its own.
const CHAIN = `SELECT 'closing' AS account, ${NOBODY}, day, 0 AS expected, 1 AS found FROM (
    SELECT day, hash = ledger_closing_hash(day) AS is_right, day - lag(day) OVER (ORDER BY day) AS step FROM closings) t
  WHERE NOT is_right OR step <> 1
  UNION ALL SELECT account, user_id, provider_id, day, 0, balance FROM closing_balances
    WHERE NOT EXISTS (SELECT FROM closings c WHERE c.day = closing_balances.day)`;

const CLOSED_DAYS = `WITH moved AS (
    SELECT (at AT TIME ZONE 'UTC')::date AS day, account, coalesce(user_id, 0) AS user_id, coalesce(provider_id, 0) AS provider_id,
      sum(change) AS change FROM journal_postings WHERE at < ${SINCE_CLOSED} GROUP BY 1, 2, 3, 4
  ), closed AS (
    SELECT day, account, user_id, provider_id,
      balance - lag(balance, 1, 0::bigint) OVER (PARTITION BY account, user_id, provider_id ORDER BY day) AS change
    FROM closing_balances
  )
  SELECT t.* FROM (
    SELECT account, user_id, provider_id, day, moved.change AS expected, closed.change AS found
    FROM moved FULL JOIN closed USING (day, account, user_id, provider_id) WHERE moved.change IS DISTINCT FROM closed.change
  ) t WHERE NOT EXISTS (SELECT FROM closings c WHERE c.day = t.day AND c.is_journal_dropped)`;

const BALANCES = `SELECT account, user_id, provider_id, ${NO_DAY}, sum(expected) AS expected, sum(found) AS found FROM (
    (SELECT DISTINCT ON (account, user_id, provider_id) account, user_id, provider_id, balance AS expected, 0::bigint AS found
     FROM closing_balances ORDER BY account, user_id, provider_id, day DESC)
    UNION ALL SELECT account, coalesce(user_id, 0), coalesce(provider_id, 0), change, 0
      FROM journal_postings WHERE at >= ${SINCE_CLOSED}
    UNION ALL SELECT account, coalesce(user_id, 0), coalesce(provider_id, 0), 0, balance FROM ledger_balances
  ) t GROUP BY account, user_id, provider_id HAVING sum(expected) <> sum(found)`;

const BALANCED = `SELECT 'vault' AS account, ${NOBODY}, ${NO_DAY}, sum(CASE account WHEN 'vault' THEN 0 ELSE balance END) AS expected,
    sum(CASE account WHEN 'vault' THEN balance ELSE 0 END) AS found FROM ledger_balances
  HAVING sum(CASE account WHEN 'vault' THEN -balance ELSE balance END) <> 0`;

const NEGATIVE = `SELECT account, coalesce(user_id, 0) AS user_id, coalesce(provider_id, 0) AS provider_id, ${NO_DAY}, 0 AS expected,
  balance AS found FROM ledger_balances WHERE balance < 0`;

const LOCKED = `SELECT 'user:locked' AS account, u.id AS user_id, 0 AS provider_id, ${NO_DAY}, coalesce(l.held, 0) AS expected, u.locked AS found
  FROM users u LEFT JOIN (SELECT user_id, sum(ceiling) AS held FROM locks WHERE state = 'o' GROUP BY user_id) l ON l.user_id = u.id
  WHERE u.locked <> coalesce(l.held, 0)`;

const PAYABLE = `SELECT 'payable' AS account, u.id AS user_id, 0 AS provider_id, ${NO_DAY}, coalesce(p.owed, 0) AS expected, u.payable AS found
  FROM users u LEFT JOIN (SELECT user_id, sum(amount) AS owed FROM payables GROUP BY user_id) p ON p.user_id = u.id
  WHERE u.payable <> coalesce(p.owed, 0)`;

const CHARGES = `SELECT 'charge' AS account, l.user_id, l.provider_id, (l.ended_at AT TIME ZONE 'UTC')::date AS day,
    coalesce(l.charged, 0) AS expected, coalesce(j.amount, 0) AS found
  FROM locks l LEFT JOIN (SELECT ref, sum(amount) AS amount FROM journal
    WHERE event IN (3, 6) AND at >= (SELECT min(ended_at) FROM locks) GROUP BY ref) j ON j.ref = l.id
  WHERE coalesce(l.charged, 0) <> coalesce(j.amount, 0)
    AND NOT EXISTS (SELECT FROM closings c WHERE c.day = (l.ended_at AT TIME ZONE 'UTC')::date AND c.is_journal_dropped)`;

const USAGE = `SELECT 'usage' AS account, user_id, provider_id, day, sum(expected) AS expected, sum(found) AS found FROM (
    SELECT user_id, provider_id, key_id, model_id, day, cost AS expected, 0::bigint AS found, 1 AS n FROM generations
    UNION ALL SELECT user_id, provider_id, key_id, model_id, day, 0, cost, -requests FROM usage_daily
  ) t WHERE NOT EXISTS (SELECT FROM closings c WHERE c.day = t.day AND c.is_usage_dropped)
  GROUP BY user_id, provider_id, key_id, model_id, day HAVING sum(expected) <> sum(found) OR sum(n) <> 0`;

const DEPOSITS = `SELECT 'deposits' AS account, user_id, 0 AS provider_id, ${NO_DAY}, sum(expected) AS expected, sum(found) AS found FROM (
    SELECT user_id, opened_slot, amount AS expected, 0::bigint AS found FROM deposit_events
    UNION ALL SELECT user_id, opened_slot, 0, credited FROM deposits
  ) t GROUP BY user_id, opened_slot HAVING sum(expected) <> sum(found)`;

// Of keys whose limit is for life: nobody else keeps what was spent in a window that is over.
const KEYS = `SELECT 'key limit' AS account, k.user_id, 0 AS provider_id, ${NO_DAY}, coalesce(s.spent, 0) AS expected, k.window_spent AS found
  FROM keys k LEFT JOIN (
    SELECT id, sum(spent) AS spent FROM (
      SELECT key_id AS id, cost AS spent FROM usage_daily
      UNION ALL SELECT c.parent_id, d.cost FROM usage_daily d JOIN keys c ON c.id = d.key_id WHERE c.parent_id IS NOT NULL
      UNION ALL SELECT key_id, ceiling FROM locks WHERE state = 'o'
      UNION ALL SELECT parent_id, ceiling FROM locks WHERE state = 'o' AND parent_id IS NOT NULL
    ) t GROUP BY id
  ) s ON s.id = k.id
  WHERE k.limit_reset = 'never' AND k.limit_window = '1970-01-01' AND k.window_spent <> coalesce(s.spent, 0)`;

/** Every question, the closed days first. */
export const LEDGER_CHECKS: readonly LedgerCheck[] = [
  { name: "a closed day is not the one its hash was made of", text: CHAIN },
  { name: "a closed day differs from its journal", text: CLOSED_DAYS },
  { name: "a balance differs from the journal", text: BALANCES },
  { name: "the vault is not the sum of what is owed", text: BALANCED },
  { name: "a balance is negative", text: NEGATIVE },
  { name: "what a user has locked is not the sum of the open locks", text: LOCKED },
  { name: "what a user owes is not the sum of what is owed to providers", text: PAYABLE },
  { name: "a request was charged differently from the journal", text: CHARGES },
  { name: "a day's usage is not the sum of its generations", text: USAGE },
  { name: "deposits differ from what was credited", text: DEPOSITS },
  { name: "a key has spent something else than its requests", text: KEYS },
];
