// How PostgreSQL lists a wallet's keys: it sums what the keys of one page have spent, however many the wallet has signed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { manualClock } from "@aimo-network/protocol/clock";
import { systemRandom } from "@aimo-network/protocol/random";
import type { Query } from "../ledger/database/database.ts";
import { newWallet } from "../test-bed/new-wallet.ts";
import { openTestDatabase } from "../test-bed/test-database.ts";
import { addressOf } from "../test-bed/test-keys.ts";
import { createIssuedKeys } from "./issued-keys.ts";

const SIGN_KEYS = `INSERT INTO keys (key_id, user_id, created_at, expires_at)
  SELECT decode(md5(n::text), 'hex'), w.id, now(), 'infinity' FROM wallets w, generate_series(1, 300) n WHERE w.address = $1`;
const KEYS_IN_PAGE = 10;

interface Plan {
  readonly "Relation Name"?: string;
  readonly "Actual Loops": number;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

test("a page of keys is summed key by key, and the wallet's other keys are not", async (t) => {
  const database = await openTestDatabase();
  t.after(() => database.close());
  const plans: Plan[] = [];
  const query: Query = async <Row>(text: string, values?: readonly unknown[]): Promise<readonly Row[]> => {
    const explained = `EXPLAIN (ANALYZE, FORMAT JSON) ${text}`;
    const [explanation] = await database.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(explained, values);
    plans.push(...nodesOf(explanation?.["QUERY PLAN"][0].Plan ?? assert.fail("no plan")));
    return await database.query<Row>(text, values);
  };
  const wallet = newWallet();
  await database.query("SELECT ledger_wallet($1)", [wallet.publicKey]);
  await database.query(SIGN_KEYS, [wallet.publicKey]);
  await database.query("ANALYZE keys");
  const deps = {
    database: { ...database, query },
    clock: manualClock(),
    random: systemRandom,
    changed: () => undefined,
  };
  const page = { offset: 20, limit: KEYS_IN_PAGE, includeDisabled: true, includeSigned: true };
  const keys = await createIssuedKeys(deps).list(addressOf(wallet), page);
  assert.equal(keys.length, KEYS_IN_PAGE);
  const sums = plans.filter((node) => node["Relation Name"] === "usage_daily");
  assert.ok(sums.length > 0);
  for (const { "Actual Loops": count } of sums) assert.ok(count <= KEYS_IN_PAGE, `${count} keys were summed`);
});
