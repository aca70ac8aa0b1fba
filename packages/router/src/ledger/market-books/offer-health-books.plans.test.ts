// How PostgreSQL finds what the books of health are asked: by an index, however many offers and slots there are.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { openTestDatabase } from "../../test-bed/test-database.ts";
import type { Database } from "../database/database.ts";
import { createOfferHealthBooks, HEALTH_STATEMENTS } from "./offer-health-books.ts";

const NOW = Date.UTC(2026, 10, 25, 8);
const SLOT = NOW / 300_000;
const OFFERS = 500;
const SLOTS = 100;

interface Plan {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly Plan[];
}

function nodesOf(plan: Plan): readonly Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

const FILL = [
  `INSERT INTO offer_health (name, seen_on, changed_at) SELECT lpad(n::text, 44, 'w') || '/model', '2026-11-25', now()
    FROM generate_series(1, ${OFFERS}) n`,
  `INSERT INTO offer_health_slots SELECT o, ${SLOT} - s, 5, 1, now() FROM generate_series(1, ${OFFERS}) o, generate_series(0, ${SLOTS}) s`,
  `INSERT INTO offer_health_speeds SELECT o, ${SLOT} - s, k, b, 1, now() FROM generate_series(1, ${OFFERS}) o,
    generate_series(0, 7) s, unnest('{first_output,tokens}'::text[]) k, generate_series(20, 24) b`,
];

describe("the statements of the books of health", () => {
  let database: Database;
  before(async () => {
    database = await openTestDatabase();
    for (const statement of FILL) await database.query(statement);
    await database.query("ANALYZE");
  });
  after(() => database.close());

  const IDS = Array.from({ length: 20 }, (_, index) => index + 1);
  const CASES: Record<string, readonly unknown[]> = {
    slots: [IDS, SLOT - 7, new Date(0)],
    speeds: [IDS, SLOT - 7, new Date(0)],
    deleteSlots: [SLOT - SLOTS, 5_000],
    deleteSpeeds: [SLOT - 7, 5_000],
    deleteOffers: ["2026-10-26", 5_000],
  };
  for (const [name, values] of Object.entries(CASES)) {
    test(`${name} reads by an index`, async () => {
      const text = HEALTH_STATEMENTS[name as keyof typeof HEALTH_STATEMENTS];
      const [row] = await database.query<{ "QUERY PLAN": [{ Plan: Plan }] }>(`EXPLAIN (FORMAT JSON) ${text}`, values);
      assert.ok(row);
      const scans = nodesOf(row["QUERY PLAN"][0].Plan).filter((node) => node["Node Type"] === "Seq Scan");
      assert.deepEqual(scans, []);
    });
  }

  test("a batch of one offer reads its own rows alone", async () => {
    const name = `${"1".padStart(44, "w")}/model`;
    const offer = { offerId: name, successes: 1, payers: [1], firstSuccessMs: NOW, standing: undefined };
    const read = await database.transaction(async (query) => {
      const rows = async (): Promise<bigint> => {
        const [row] = await query<{ rows: bigint }>(`SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS rows
          FROM pg_stat_xact_user_tables WHERE relname LIKE 'offer_health%'`);
        return row?.rows ?? 0n;
      };
      const earlier = await rows();
      await createOfferHealthBooks({ query }, 1).add(
        1,
        {
          offers: [offer],
          slots: [{ offerId: name, slot: SLOT, succeeded: 1, failed: 0 }],
          speeds: [{ offerId: name, slot: SLOT, kind: "tokens", bucket: 20, count: 1 }],
        },
        NOW,
      );
      return (await rows()) - earlier;
    });
    assert.ok(read > 0n && read <= 20n, `${read} rows were read`);
  });
});
