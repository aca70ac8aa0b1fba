// What a ledger says of the batches it has settled, and whether anything is still to be settled.
import type { Clock } from "@aimo-network/protocol/clock";
import { sleep } from "@aimo-network/protocol/clock";
import type { Database } from "aimo-router/src/ledger/database/database.ts";

/** Batches that have landed. */
export interface SettledBatches {
  readonly entries: number;
  /** From the first cut to the last posting. */
  readonly seconds: number;
  /** Of their transactions. */
  readonly signatures: readonly string[];
}

/** Everybody but one user, whose requests go on while the others' are settled. */
export interface CrowdBooks {
  /** Waits until so many users' deposits are credited. */
  credited(users: number): Promise<void>;
  /** Waits until none of them owes a whole micro-USDC any more. */
  settled(): Promise<void>;
  /** Their batches since it was asked last. */
  batches(): Promise<SettledBatches>;
}

const CREDITED = "SELECT count(*)::integer AS count FROM escrows WHERE deposited > 0";
const BUSY = "(SELECT id FROM wallets WHERE address = $1)";
const LEFT = `SELECT count(*)::integer AS count FROM payables WHERE amount >= 1000 AND user_id <> ${BUSY}`;
// The busy user's entries go in the same transactions as the others'.
const BATCHES = `SELECT count(*)::integer AS entries, array_agg(DISTINCT b.signature) AS signatures, max(b.id) AS last,
    extract(epoch FROM max(x.posted_at) - min(b.queued_at))::float8 AS seconds
  FROM settle_batches b JOIN settle_entries x ON x.batch_id = b.id
  WHERE b.id > $2 AND b.state = 'landed'
    AND EXISTS (SELECT FROM settle_entries o WHERE o.batch_id = b.id AND o.user_id <> ${BUSY})`;
const POLL_MS = 200;
const GIVE_UP_MS = 900_000;

interface BatchesRow {
  readonly entries: number;
  readonly signatures: string[] | null;
  readonly last: bigint | null;
  readonly seconds: number | null;
}

/** Opens them; `busy` is the address of the one who is left out. */
export function openCrowdBooks(clock: Clock, { query }: Pick<Database, "query">, busy: Uint8Array): CrowdBooks {
  let last = 0n;
  const until = async (what: string, isSo: (count: number) => boolean, text: string, values: unknown[]) => {
    const dueMs = clock.monotonic() + GIVE_UP_MS;
    for (;;) {
      const [row] = await query<{ count: number }>(text, values);
      if (row !== undefined && isSo(row.count)) return;
      if (clock.monotonic() > dueMs) throw new Error(`waited ${GIVE_UP_MS / 1_000} s in vain for ${what}`);
      await sleep(clock, POLL_MS);
    }
  };
  return {
    credited: (users) => until(`${users} users' deposits`, (count) => count >= users, CREDITED, []),
    settled: () => until("everything to be settled", (count) => count === 0, LEFT, [busy]),
    async batches() {
      const [row] = await query<BatchesRow>(BATCHES, [busy, last]);
      last = row?.last ?? last;
      return { entries: row?.entries ?? 0, seconds: row?.seconds ?? 0, signatures: row?.signatures ?? [] };
    },
  };
}
