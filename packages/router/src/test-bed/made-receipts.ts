// Leaves for all that a batch stands for, where nobody looks at what is in them.
import type { Database } from "../ledger/database/database.ts";
import { createLedgerReceipts } from "../ledger/chain-books/receipts.ts";

const AT_ONCE = 2; // so that a few receipts already take several turns

/** Makes them. */
export async function makeReceipts(database: Pick<Database, "query">, batch: bigint): Promise<void> {
  const receipts = createLedgerReceipts(database);
  for await (const rows of receipts.unmade(batch, AT_ONCE))
    await receipts.keepLeaves(rows.map(({ id, entry }) => ({ id, entry, leaf: Buffer.alloc(32) })));
  await receipts.finish(batch);
}
