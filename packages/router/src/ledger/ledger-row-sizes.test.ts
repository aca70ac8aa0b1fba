import assert from "node:assert/strict";
import { test } from "node:test";
import { openLedgerBed } from "../test-bed/ledger-bed.ts";

const REQUESTS = 8_000;
const USERS = 40;
const GENERATION_BYTES_MAX = 400;
// Of all partitions of a table; what a vacuum would give back is there as it is on a busy router.
const SIZES = `SELECT t.name, (sum(pg_table_size(p.relid)) + sum(pg_indexes_size(p.relid)))::bigint AS bytes, sum(pg_indexes_size(p.relid))::bigint AS indexes
  FROM unnest(ARRAY['generations', 'journal', 'locks', 'usage_daily']) t(name)
  CROSS JOIN LATERAL (SELECT relid FROM pg_partition_tree(t.name::regclass) WHERE isleaf UNION SELECT t.name::regclass WHERE t.name IN ('locks', 'usage_daily')) p
  GROUP BY t.name`;

test("a generation with all its indexes takes at most 400 bytes, and what else a request leaves behind is known", async (t) => {
  const bed = await openLedgerBed(t);
  const day = new Date(bed.clock.now());
  for (const table of ["journal", "generations"]) {
    await bed.row("SELECT ledger_make_partitions($1, $2::date, 1)", [table, day]);
  }
  const users = await Promise.all(Array.from({ length: USERS }, () => bed.addUser(10n ** 12n)));
  for (let done = 0; done < REQUESTS; done += 500) {
    await Promise.all(
      Array.from({ length: 500 }, async (_, index) => {
        const who = users[index % USERS];
        assert.ok(who);
        const lock = bed.lockOf(who, 1_000_000n);
        await bed.ledger.lock(lock);
        await bed.ledger.charge(bed.chargeOf(lock, 345_678n));
      }),
    );
    bed.clock.advance(137);
  }
  const rows = await bed.database.query<{ name: string; bytes: bigint; indexes: bigint }>(SIZES);
  const perRequest = new Map(rows.map(({ name, bytes }) => [name, bytes / BigInt(REQUESTS)]));
  for (const { name, bytes, indexes } of rows) {
    const [all, ofIndexes] = [bytes, indexes].map((size) => size / BigInt(REQUESTS));
    t.diagnostic(`${name}: ${all} bytes a request, ${ofIndexes} of them in indexes`);
  }
  const generation = perRequest.get("generations") ?? 0n;
  assert.ok(generation > 100n && generation <= GENERATION_BYTES_MAX, `${generation} bytes`);
});
