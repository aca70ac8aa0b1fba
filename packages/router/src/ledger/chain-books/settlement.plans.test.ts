// How many generations are looked at for a batch: none while users are held, and then those to be settled, however many there are.
import assert from "node:assert/strict";
import { test } from "node:test";
import { firstUuidAt } from "@aimo-network/protocol/ids";
import { microUsdc } from "@aimo-network/protocol/money";
import { openChainBooks } from "../../test-bed/chain-books-bed.ts";
import { makeReceipts } from "../../test-bed/made-receipts.ts";
import type { Query } from "../database/database.ts";
import { createSettlement } from "./settlement.ts";

const DAYS = 20;
const GENERATIONS_A_DAY = 300;
const DAY_MS = 86_400_000;
const READ_MAX = 40n; // each of a few generations may be read for its key, its provider and its receipt
const SCANS_MAX = BigInt(DAYS) / 2n; // of today, of tomorrow, and of rows that came too early

/** How much was read of all days. */
interface Read {
  readonly rows: bigint;
  readonly scans: bigint;
}

// Of the user's own key and of the same provider, and free: they are in the way, and nothing else.
const OLD_GENERATIONS = `INSERT INTO generations (day, id, user_id, key_id, provider_id, model_id, price_id, prompt_tokens, completion_tokens,
    cached_tokens, reasoning_tokens, duration_ms, cost, image_count, flags, finish_reason)
  SELECT $1::date, (lpad(to_hex($2::bigint + n), 12, '0') || '70008' || substr(md5(n::text), 1, 15))::uuid, $3, $4, $5, 1, 1, 1, 1, 0, 0, 1, 0, 0, 0, 'stop'
  FROM generate_series(1, $6::integer) n`;
const READ = `SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)::bigint AS rows, coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0)::bigint AS scans FROM pg_stat_xact_user_tables
  WHERE relname LIKE 'generations%'`;

test("a cut reads no generations; its receipts are made of those since the last one, and of late ones by their day", async (t) => {
  const books = await openChainBooks(t);
  const { clock, database, provider } = books;
  const today = Math.floor(clock.now() / DAY_MS);
  const nameOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
  await books.row("SELECT ledger_make_partitions('generations', $1::date, $2)", [nameOf(today - DAYS), DAYS + 2]);
  const who = await books.addDepositor(1_000n);
  for (let day = today - DAYS; day < today; day += 1) {
    const values = [nameOf(day), day * DAY_MS, who.user, who.key, provider, GENERATIONS_A_DAY];
    await database.query(OLD_GENERATIONS, values);
  }
  for (let round = 1n; round <= 3n; round += 1n) {
    if (round === 3n) await database.query("ANALYZE");
    await books.owe(who, provider, 3n);
    const late = books.lockOf(who, 4_000n, { deadlineMs: clock.now() });
    await books.ledger.lock(late);
    await books.row("SELECT ledger_expire($1, 10)", [books.now()]);
    await books.ledger.charge(books.chargeOf(late, 4_000n));
    const receiptsFrom = firstUuidAt(clock.now());
    const readBy = (work: (query: Query) => Promise<void>): Promise<Read> =>
      database.transaction(async (query) => {
        const [before] = await query<Read>(READ);
        await work(query);
        const [after] = await query<Read>(READ);
        assert.ok(before && after);
        return { rows: after.rows - before.rows, scans: after.scans - before.scans };
      });
    let batch: bigint | undefined;
    const cutting = await readBy(async (query) => {
      const pairs = [{ user: who.user, provider }];
      const wish = { at: books.now(), ref: books.id(), pairs, most: microUsdc(1_000n), receiptsFrom };
      batch = await createSettlement({ query }).cut(books.settler, wish);
    });
    assert.deepEqual(cutting, { rows: 0n, scans: 0n });
    assert.ok(batch !== undefined);
    const made = batch;
    const read = await readBy((query) => makeReceipts({ query }, made));
    // Of the first cut nothing is known of what was settled before.
    if (round > 1n) {
      assert.ok(read.rows <= READ_MAX, `round ${round}: ${read.rows} generations were read`);
      assert.ok(read.scans <= SCANS_MAX, `round ${round}: ${read.scans} looks into days`);
    }
    assert.deepEqual(await books.row("SELECT count(*) AS n FROM receipts"), { n: round * 2n });
    await books.observe(who.user, { settled: round * 7n, settleSeq: round, feeBps: 0 });
    clock.advance(10);
  }
});
