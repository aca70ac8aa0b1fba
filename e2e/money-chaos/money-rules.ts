// What must hold of the ledger's way to the chain when everything is at rest, each rule as a query for rows that break it.
import { base58 } from "@scure/base";
import type { ChainObservation } from "aimo-router/src/chain/observation.ts";
import type { Query } from "aimo-router/src/ledger/database/database.ts";

const RULES: Readonly<Record<string, string>> = {
  "every deposit event is part of what was credited": `SELECT d.user_id, d.credited, sum(e.amount) AS events FROM deposits d
    JOIN deposit_events e USING (user_id, opened_slot) GROUP BY 1, 2 HAVING d.credited <> sum(e.amount)`,
  "every pair's charges were settled once, but for dust": `SELECT user_id, provider_id, c.charged, s.applied, p.amount, p.in_flight
    FROM (SELECT user_id, provider_id, sum(cost) AS charged FROM generations GROUP BY 1, 2) c
      FULL JOIN (SELECT user_id, provider_id, sum(applied) AS applied FROM settle_entries GROUP BY 1, 2) s USING (user_id, provider_id)
      FULL JOIN payables p USING (user_id, provider_id)
    WHERE coalesce(c.charged, 0) <> coalesce(s.applied, 0) * 1000 + coalesce(p.amount, 0)
      OR coalesce(p.amount, 0) NOT BETWEEN 0 AND 999 OR coalesce(p.in_flight, 0) <> 0`,
  "every entry was posted in full": `SELECT * FROM settle_entries WHERE applied IS DISTINCT FROM amount`,
  "no batch is open": "SELECT id, state, failure FROM settle_batches WHERE state IN ('queued', 'signed', 'sent')",
  "every landed batch has entries": `SELECT b.id FROM settle_batches b WHERE b.state = 'landed'
    AND NOT EXISTS (SELECT FROM settle_entries x WHERE x.batch_id = b.id)`,
  "every charged generation has a receipt with a leaf, in an entry of its own pair": `SELECT g.id, g.cost, r.entry_id FROM generations g
    LEFT JOIN receipts r ON r.generation_id = g.id LEFT JOIN settle_entries x ON x.id = r.entry_id
    WHERE g.cost > 0 AND (r.leaf IS NULL OR x.user_id <> g.user_id OR x.provider_id <> g.provider_id)`,
  "no withdrawal is open or holds anything":
    "SELECT id, state, held FROM withdrawals WHERE ended_at IS NULL OR held <> 0",
  "nothing waits for a withdrawal": `SELECT id, withdrawing FROM users WHERE withdrawing <> 0
    UNION ALL SELECT id, withdrawing FROM providers WHERE withdrawing <> 0`,
  "nothing was left uncollected but what a killed router answered":
    "SELECT * FROM uncollected WHERE reason <> 'router_ended'",
  "the chain did nothing that nobody here asked for": "SELECT * FROM chain_surprises",
  "nobody has collected fees, or brought in any": "SELECT * FROM journal WHERE event IN (20, 21, 22)",
  "nobody is halted, and nothing is paused": `SELECT id FROM users WHERE is_halted
    UNION ALL SELECT 0 FROM router_accounts WHERE is_paused`,
};

/** What of users the chain has too, by wallet. */
const USERS = `SELECT w.address, (SELECT coalesce(sum(amount), 0) FROM deposit_events WHERE user_id = w.id) AS deposited,
    (SELECT coalesce(sum(applied), 0) FROM settle_entries WHERE user_id = w.id) AS settled,
    (SELECT count(*) FROM settle_entries WHERE user_id = w.id) AS entries,
    (SELECT coalesce(sum(amount), 0) FROM withdrawals WHERE party = 'user' AND wallet_id = w.id AND state = 'confirmed') AS withdrawn,
    (SELECT count(*) FROM withdrawals WHERE party = 'user' AND wallet_id = w.id AND state = 'confirmed') AS withdrawals
  FROM wallets w JOIN escrows e ON e.user_id = w.id`;
const PROVIDERS = `SELECT w.address, (SELECT coalesce(sum(applied - fee), 0) FROM settle_entries WHERE provider_id = w.id) AS earned,
    (SELECT coalesce(sum(amount), 0) FROM withdrawals WHERE party = 'provider' AND wallet_id = w.id AND state = 'confirmed')
      + (SELECT div(coalesce(sum(amount), 0), 1000) FROM journal WHERE event IN (18, 19) AND provider_id = w.id) AS withdrawn,
    (SELECT count(*) FROM withdrawals WHERE party = 'provider' AND wallet_id = w.id AND state = 'confirmed') AS withdrawals
  FROM wallets w JOIN provider_accounts a ON a.provider_id = w.id`;

type Row = Readonly<Record<string, unknown>> & { readonly address: Uint8Array };

function shown(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? part.toString() : part));
}

/** Compares rows of the ledger with accounts of the chain, field by field. */
function differences(
  what: string,
  rows: readonly Row[],
  accounts: ReadonlyMap<string, Readonly<Record<string, bigint>>>,
): string[] {
  const known = new Map(rows.map(({ address, ...row }) => [base58.encode(address), row]));
  return [...accounts].flatMap(([wallet, account]) => {
    const row = known.get(wallet) ?? {};
    const isSame = Object.entries(account).every(([field, amount]) => (row[field] ?? 0n) === amount);
    return isSame ? [] : [`not so: ${what} ${wallet} has on the chain what the ledger has: ${shown([account, row])}`];
  });
}

/** The rules of the ledger, and of ledger and chain together, that do not hold. */
export async function brokenMoneyRules(
  query: Query,
  { escrows, providers, config }: ChainObservation,
): Promise<string[]> {
  const broken: string[] = [];
  for (const [rule, text] of Object.entries(RULES)) {
    const rows = await query(text);
    if (rows.length > 0) broken.push(`not so: ${rule}: ${shown(rows.slice(0, 5))}`);
  }
  const users = escrows.map(({ data }): [string, Record<string, bigint>] => [
    data.user,
    {
      deposited: data.depositedTotal * 1000n,
      settled: data.settledTotal,
      entries: BigInt(data.settleSeq),
      withdrawn: data.withdrawnTotal,
      withdrawals: BigInt(data.withdrawSeq),
    },
  ]);
  const earners = providers.map(({ data }): [string, Record<string, bigint>] => [
    data.owner,
    { earned: data.earnedTotal, withdrawn: data.withdrawnTotal, withdrawals: BigInt(data.withdrawSeq) },
  ]);
  broken.push(...differences("user", await query<Row>(USERS), new Map(users)));
  broken.push(...differences("provider", await query<Row>(PROVIDERS), new Map(earners)));
  const [batches] = await query<{ landed: bigint }>(
    "SELECT count(*) AS landed FROM settle_batches WHERE state = 'landed'",
  );
  if (batches?.landed !== config.data.batchCount)
    broken.push(
      `not so: every batch landed once: ${batches?.landed} in the ledger, ${config.data.batchCount} on the chain`,
    );
  return broken;
}
