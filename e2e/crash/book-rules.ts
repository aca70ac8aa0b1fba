// What must hold of the books at every rest, each rule as a query for the rows that break it.
import type { Query } from "aimo-router/src/ledger/database/database.ts";

const RULES: Readonly<Record<string, string>> = {
  "the vault is the sum of all liabilities": `SELECT sum(balance) FILTER (WHERE account = 'vault') AS vault,
      sum(balance) FILTER (WHERE account <> 'vault') AS liabilities FROM ledger_balances
    HAVING sum(balance) FILTER (WHERE account = 'vault') <> sum(balance) FILTER (WHERE account <> 'vault')`,
  "no balance is negative": "SELECT * FROM ledger_balances WHERE balance < 0",
  "a user's locked amount is the sum of its open locks": `SELECT u.id, u.locked FROM users u
    WHERE u.locked <> (SELECT coalesce(sum(ceiling), 0) FROM locks WHERE user_id = u.id AND state = 'o')`,
  "a user's payable amount is the sum of its payables": `SELECT u.id, u.payable FROM users u
    WHERE u.payable <> (SELECT coalesce(sum(amount), 0) FROM payables WHERE user_id = u.id)`,
  "as many requests run as locks are open": `SELECT u.id, u.running, k.running AS key_running FROM users u
      JOIN keys k ON k.user_id = u.id
    WHERE u.running <> (SELECT count(*) FROM locks WHERE user_id = u.id AND state = 'o')
      OR k.running <> (SELECT count(*) FROM locks WHERE key_id = k.id AND state = 'o')`,
  "a key has spent what its locks were charged and hold": `SELECT k.id, k.window_spent FROM keys k WHERE k.window_spent <>
    (SELECT coalesce(sum(CASE WHEN state = 'o' THEN ceiling ELSE coalesce(charged, 0) END), 0) FROM locks WHERE key_id = k.id)`,
  "the journal comes to the balances": `SELECT * FROM (SELECT account, user_id, provider_id, sum(change) AS journal
      FROM journal_postings GROUP BY account, user_id, provider_id) j
    FULL JOIN ledger_balances b ON b.account = j.account AND coalesce(b.user_id, 0) = coalesce(j.user_id, 0)
      AND coalesce(b.provider_id, 0) = coalesce(j.provider_id, 0) WHERE coalesce(b.balance, 0) <> coalesce(j.journal, 0)`,
  "every lock was journalled once, and ended once unless it is open": `SELECT l.id, l.state, e.* FROM locks l
    CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE event = 2) AS locked, count(*) FILTER (WHERE event IN (3, 4, 5)) AS ended,
        count(*) FILTER (WHERE event IN (3, 6)) AS charged,
        coalesce(sum(amount) FILTER (WHERE event IN (3, 6)), 0) AS amount FROM journal WHERE ref = l.id) e
    WHERE l.ceiling > 0 AND (e.locked <> 1 OR e.ended <> (l.state <> 'o')::integer OR e.charged > 1
      OR e.amount <> coalesce(l.charged, 0))`,
  "every charged lock has its generation, at the same cost": `SELECT l.id, l.charged, g.cost FROM locks l
    LEFT JOIN generations g ON g.id = l.id WHERE l.charged IS DISTINCT FROM g.cost AND coalesce(l.charged, g.cost) > 0`,
  "the days' sums are those of the generations": `SELECT * FROM (SELECT user_id, key_id, provider_id, model_id, app_id, day,
        count(*) AS requests, sum(cost) AS cost FROM generations GROUP BY 1, 2, 3, 4, 5, 6) g
    FULL JOIN usage_daily d USING (user_id, key_id, provider_id, model_id, app_id, day)
    WHERE g.requests IS DISTINCT FROM d.requests OR g.cost IS DISTINCT FROM d.cost`,
  "no lock outlives its deadline":
    "SELECT id, deadline FROM locks WHERE state = 'o' AND deadline < now() - interval '5 s'",
};

/** The rules that do not hold, with the rows that break them. */
export async function brokenRules(query: Query): Promise<string[]> {
  const broken: string[] = [];
  for (const [rule, text] of Object.entries(RULES)) {
    const rows = await query(text);
    if (rows.length > 0) {
      const shown = JSON.stringify(rows.slice(0, 5), (_, value: unknown) =>
        typeof value === "bigint" ? value.toString() : value,
      );
      broken.push(`not so: ${rule}: ${shown}`);
    }
  }
  return broken;
}
