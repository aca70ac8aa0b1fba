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

// Of users and providers that the chain was seen to have: what was posted of their totals is what they have.
const ESCROWS = `SELECT 'escrow' AS account, e.user_id, 0 AS provider_id, ${NO_DAY}, (e.deposited - e.settled - e.withdrawn) * 1000 AS expected,
    u.available + u.locked + u.withdrawing + u.payable AS found
  FROM escrows e JOIN users u ON u.id = e.user_id
  WHERE (e.deposited - e.settled - e.withdrawn) * 1000 <> u.available + u.locked + u.withdrawing + u.payable
  UNION ALL SELECT 'settled', e.user_id, 0, NULL, e.settled * 1000, u.settled FROM escrows e JOIN users u ON u.id = e.user_id
  WHERE u.settled <> e.settled * 1000`;

const PROVIDER_ACCOUNTS = `SELECT 'provider account' AS account, 0 AS user_id, a.provider_id, ${NO_DAY}, (a.earned - a.withdrawn) * 1000 AS expected,
    p.claimable + p.withdrawing AS found
  FROM provider_accounts a JOIN providers p ON p.id = a.provider_id WHERE (a.earned - a.withdrawn) * 1000 <> p.claimable + p.withdrawing`;

const IN_FLIGHT = `SELECT 'payable on its way' AS account, user_id, provider_id, ${NO_DAY}, coalesce(x.asked, 0) AS expected, coalesce(p.in_flight, 0) AS found
  FROM payables p FULL JOIN (SELECT user_id, provider_id, sum(amount) * 1000 AS asked FROM settle_entries WHERE posted_at IS NULL GROUP BY 1, 2) x
    USING (user_id, provider_id) WHERE coalesce(x.asked, 0) <> coalesce(p.in_flight, 0)`;

// Numbers that an escrow gave and that are not posted: one entry each, without a gap, all in one batch and of its present time.
const NUMBERS = `SELECT 'entries' AS account, user_id, 0 AS provider_id, ${NO_DAY}, coalesce(e.next_seq - e.settle_seq, 0) AS expected, coalesce(x.n, 0) AS found
  FROM escrows e FULL JOIN (SELECT user_id, count(*) AS n, min(seq) AS first, max(seq) AS last, count(DISTINCT batch_id) AS batches,
      min(opened_slot) AS opened, max(opened_slot) AS opened_last FROM settle_entries WHERE posted_at IS NULL GROUP BY 1) x USING (user_id)
  WHERE coalesce(e.next_seq - e.settle_seq, 0) <> coalesce(x.n, 0)
    OR x.first <> e.settle_seq + 1 OR x.last <> e.next_seq OR x.batches > 1 OR x.opened <> e.opened_slot OR x.opened_last <> e.opened_slot`;

const BATCHES = `SELECT 'batch' AS account, ${NOBODY}, ${NO_DAY}, count(x.id) AS expected, 0 AS found
  FROM settle_batches b LEFT JOIN settle_entries x ON x.batch_id = b.id AND x.posted_at IS NULL
  GROUP BY b.id HAVING (count(x.id) = 0) <> (b.state IN ('landed', 'split'))`;

const HELD = `SELECT t.account, t.user_id, t.provider_id, ${NO_DAY}, coalesce(w.held, 0) AS expected, t.held AS found FROM (
    SELECT 'user:withdrawing' AS account, 'user' AS party, id AS user_id, 0 AS provider_id, id AS wallet_id, withdrawing AS held FROM users
    UNION ALL SELECT 'provider:withdrawing', 'provider', 0, id, id, withdrawing FROM providers
  ) t LEFT JOIN (SELECT party, wallet_id, sum(held) AS held FROM withdrawals WHERE ended_at IS NULL GROUP BY 1, 2) w USING (party, wallet_id)
  WHERE t.held <> coalesce(w.held, 0)`;

// A batch's entries are posted in the journal under the batch's name.
const SETTLED = `SELECT 'settled' AS account, 0 AS user_id, x.provider_id, (x.at AT TIME ZONE 'UTC')::date AS day, x.applied AS expected,
    coalesce(j.applied, 0) AS found
  FROM (SELECT b.ref, e.provider_id, sum(e.applied) * 1000 AS applied, sum(e.fee) * 1000 AS fee, min(e.posted_at) AS at
    FROM settle_entries e JOIN settle_batches b ON b.id = e.batch_id WHERE e.posted_at IS NOT NULL GROUP BY 1, 2) x
  LEFT JOIN (SELECT ref, provider_id, sum(amount + rest) AS applied, sum(rest) AS fee FROM journal
    WHERE event = 7 AND at >= (SELECT min(posted_at) FROM settle_entries) GROUP BY 1, 2) j USING (ref, provider_id)
  WHERE (x.applied <> coalesce(j.applied, 0) OR x.fee <> coalesce(j.fee, 0))
    AND NOT EXISTS (SELECT FROM closings c WHERE c.day = (x.at AT TIME ZONE 'UTC')::date AND c.is_journal_dropped)`;

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
  { name: "a user has something else than what was posted of the escrow", text: ESCROWS },
  { name: "a provider has something else than what was posted of its account", text: PROVIDER_ACCOUNTS },
  { name: "what is on its way to a provider is not the sum of its entries", text: IN_FLIGHT },
  { name: "an escrow's numbers are not those of its entries", text: NUMBERS },
  { name: "a batch is open without entries, or ended with some", text: BATCHES },
  { name: "what waits for withdrawals is not what they hold", text: HELD },
  { name: "entries were posted differently from the journal", text: SETTLED },
];
