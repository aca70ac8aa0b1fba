// What this router has found out about offers, in the database: kept over restarts, and read by all its instances.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "./database/database.ts";

const READ_AT_ONCE_MAX = 2_000; // rows of half a kilobyte
const DAYS_KEPT = 40; // for the operator to look back at a month

/** What is stored of one offer; `evidence` is JSON that the market understands. */
export interface StoredTruth {
  readonly offerId: string;
  readonly evidence: unknown;
  readonly seenAtMs: number;
}

/** What may be spent on examining, in a day by UTC: in all, and on one provider. */
export interface InspectionBounds {
  readonly dayMax: NanoUsdc;
  readonly walletMax: NanoUsdc;
  readonly dayAsksMax: number;
  readonly walletAsksMax: number;
}

/** One request that examines. */
export interface InspectionCost {
  readonly atMs: number;
  /** The provider's. */
  readonly wallet: string;
  readonly amount: NanoUsdc;
}

/** The books of what was found out, and of what that has cost. */
export interface OfferTruthBooks {
  /** What has changed after `change`, in order and at most a page of it; the number to go on from. */
  read(
    change: bigint,
  ): Promise<{ readonly stored: readonly StoredTruth[]; readonly change: bigint; readonly isAll: boolean }>;
  /** Keeps what is known now, of the leader of the inspector's job. */
  save(fence: bigint, nowMs: number, offers: ReadonlyMap<string, unknown>): Promise<void>;
  /** Notes that these offers are on sale. */
  seen(offerIds: readonly string[], nowMs: number): Promise<void>;
  /** Forgets offers that nobody has seen since, and what was spent long ago. */
  forget(beforeMs: number, nowMs: number): Promise<void>;
  /** Reserves a request's greatest cost; tells whose bound is reached where there is no room for it. */
  reserve(fence: bigint, cost: InspectionCost, bounds: InspectionBounds): Promise<"ok" | "wallet" | "day">;
  /** Gives back what was reserved and not needed. */
  giveBack(cost: InspectionCost): Promise<void>;
  /** What the day of that moment has cost so far, with what is reserved. */
  spent(atMs: number): Promise<NanoUsdc>;
}

const READ = `SELECT offer_id, evidence, change, seen_at FROM offer_truth WHERE change > $1 ORDER BY change LIMIT ${READ_AT_ONCE_MAX}`;
const SAVE = "SELECT offer_truth_save($1, $2, $3::text[], $4::text[]::jsonb[])";
const SEEN = "UPDATE offer_truth SET seen_at = $2 WHERE offer_id = ANY ($1::text[]) AND seen_at < $2";
const FORGET = "DELETE FROM offer_truth WHERE seen_at < $1";
const FORGET_DAYS = "DELETE FROM inspection_days WHERE day < $1::date - $2::integer";
const RESERVE = "SELECT inspection_reserve($1, $2, $3, $4, $5, $6, $7, $8) AS answer";
const GIVE_BACK = "SELECT inspection_return($1, $2, $3)";
const SPENT = "SELECT spent FROM inspection_days WHERE day = $1";

interface TruthRow {
  readonly offer_id: string;
  readonly evidence: unknown;
  readonly change: bigint;
  readonly seen_at: Date;
}

/** The day by UTC in which a moment is. */
function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}

/** Opens the books on a database. */
export function createOfferTruthBooks({ query }: Pick<Database, "query">): OfferTruthBooks {
  return {
    async read(change) {
      const rows = await query<TruthRow>(READ, [change]);
      return {
        stored: rows.map((row) => ({ offerId: row.offer_id, evidence: row.evidence, seenAtMs: row.seen_at.getTime() })),
        change: rows.at(-1)?.change ?? change,
        isAll: rows.length < READ_AT_ONCE_MAX,
      };
    },
    async save(fence, nowMs, offers) {
      const evidence = [...offers.values()].map((one) => JSON.stringify(one));
      await query(SAVE, [fence, new Date(nowMs), [...offers.keys()], evidence]);
    },
    async seen(offerIds, nowMs) {
      await query(SEEN, [offerIds, new Date(nowMs)]);
    },
    async forget(beforeMs, nowMs) {
      await query(FORGET, [new Date(beforeMs)]);
      await query(FORGET_DAYS, [dayOf(nowMs), DAYS_KEPT]);
    },
    async reserve(fence, { atMs, wallet, amount }, { dayMax, walletMax, dayAsksMax, walletAsksMax }) {
      const values = [fence, dayOf(atMs), wallet, amount, dayMax, walletMax, dayAsksMax, walletAsksMax];
      const [row] = await query<{ answer: "ok" | "wallet" | "day" }>(RESERVE, values);
      return row?.answer ?? "day";
    },
    async giveBack({ atMs, wallet, amount }) {
      await query(GIVE_BACK, [dayOf(atMs), wallet, amount]);
    },
    async spent(atMs) {
      const [row] = await query<{ spent: bigint }>(SPENT, [dayOf(atMs)]);
      return nanoUsdc(row?.spent ?? 0n);
    },
  };
}
