// What must always hold of the books, asked of the tables; written apart from the product's own checks, so that neither hides the other's mistakes.

const SAME_AS_JOURNAL = `SELECT format('%s of user %s and provider %s: table − journal = %s', account, user_id, provider_id, sum(n)) AS fault
  FROM (SELECT account, user_id, provider_id, balance AS n FROM ledger_balances
        UNION ALL SELECT account, user_id, provider_id, -change FROM journal_postings) t
  GROUP BY account, user_id, provider_id HAVING sum(n) <> 0`;

const BALANCED = `SELECT 'vault − liabilities = ' || sum(CASE account WHEN 'vault' THEN balance ELSE -balance END) AS fault
  FROM ledger_balances HAVING sum(CASE account WHEN 'vault' THEN balance ELSE -balance END) <> 0`;

const NEVER_NEGATIVE = "SELECT account || ' is ' || balance AS fault FROM ledger_balances WHERE balance < 0";

const LOCKED = `SELECT format('user %s has %s locked in %s locks, found %s in %s', u.id, u.locked, u.running, l.held, l.n) AS fault
  FROM users u LEFT JOIN (SELECT user_id, sum(ceiling) AS held, count(*) AS n FROM locks WHERE state = 'o' GROUP BY user_id) l ON l.user_id = u.id
  WHERE u.locked <> coalesce(l.held, 0) OR u.running <> coalesce(l.n, 0)`;

const RUNNING = `SELECT format('key %s runs %s, found %s', k.id, k.running, l.n) AS fault
  FROM keys k LEFT JOIN (SELECT key_id, count(*) AS n FROM locks WHERE state = 'o' GROUP BY key_id) l ON l.key_id = k.id
  WHERE k.running <> coalesce(l.n, 0)`;

const PAYABLE = `SELECT format('user %s owes %s, to its providers %s', u.id, u.payable, p.total) AS fault
  FROM users u LEFT JOIN (SELECT user_id, sum(amount) AS total FROM payables GROUP BY user_id) p ON p.user_id = u.id
  WHERE u.payable <> coalesce(p.total, 0)`;

// Late charges count in the window they are posted in, everything else in that of its lock.
const KEY_LIMITS = `SELECT format('key %s has spent %s of %s', id, window_spent, spending_limit) AS fault
  FROM keys WHERE window_spent > spending_limit`;
const KEY_WINDOWS = `SELECT format('key %s has spent %s in its life, found %s', k.id, k.window_spent, l.total) AS fault
  FROM keys k LEFT JOIN LATERAL (SELECT sum(CASE WHEN state = 'o' THEN ceiling ELSE coalesce(charged, 0) END) AS total FROM locks
    WHERE k.id IN (key_id, parent_id)) l ON true
  WHERE k.limit_reset = 'never' AND k.window_spent <> coalesce(l.total, 0)`;

const USAGE = `SELECT format('usage of user %s on %s: %s', user_id, day, sum(n)) AS fault
  FROM (SELECT user_id, day, key_id, model_id, provider_id, app_id, requests * 1000003 + cost * 1009 + prompt_tokens + completion_tokens AS n FROM usage_daily
        UNION ALL SELECT user_id, day, key_id, model_id, provider_id, app_id, -(1000003 + cost * 1009 + prompt_tokens + completion_tokens) FROM generations) t
  GROUP BY user_id, day, key_id, model_id, provider_id, app_id HAVING sum(n) <> 0`;

const CHARGED_ONCE = `SELECT format('request %s was charged %s, the journal says %s in %s entries', l.id, l.charged, j.amount, j.n) AS fault
  FROM locks l LEFT JOIN (SELECT ref, sum(amount) AS amount, count(*) AS n FROM journal WHERE event IN (3, 6) GROUP BY ref) j ON j.ref = l.id
  WHERE coalesce(l.charged, 0) <> coalesce(j.amount, 0) OR j.n > 1`;

const QUESTIONS = [
  SAME_AS_JOURNAL,
  BALANCED,
  NEVER_NEGATIVE,
  LOCKED,
  RUNNING,
  PAYABLE,
  KEY_LIMITS,
  KEY_WINDOWS,
  USAGE,
  CHARGED_ONCE,
];

/** Asks for every way in which the books are wrong at one moment, as rows with a `fault`; none when they are right. */
export const BOOK_FAULTS = QUESTIONS.join(" UNION ALL ");
