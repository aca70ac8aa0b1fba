// The books of what was found out about offers, on a database of a test's own, with the fence of whoever leads.
import type { OfferTruthBooks } from "../ledger/offer-truth-books.ts";
import { createOfferTruthBooks } from "../ledger/offer-truth-books.ts";
import { openTestDatabase } from "./test-database.ts";

/** Opens them. */
export async function openTruthBooks(): Promise<{ books: OfferTruthBooks; fence: bigint; close(): Promise<void> }> {
  const database = await openTestDatabase();
  const [row] = await database.query<{ fence: bigint }>("SELECT ledger_lead(now(), 'inspector', 1) AS fence");
  return { books: createOfferTruthBooks(database), fence: row!.fence, close: () => database.close() };
}
