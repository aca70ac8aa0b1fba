// How well offers serve, in the database: instances bring what they have seen and read what all have.
import { assert } from "@aimo-network/protocol/assert";
import type { Query } from "../database/database.ts";
import {
  HEALTH_DELETING_TURNS_MAX,
  HEALTH_FOLLOWED_MS,
  HEALTH_OFFERS_KEPT_DAYS,
  HEALTH_OFFERS_PER_READ_MAX,
  HEALTH_READ_AGAIN_MS,
  HEALTH_ROWS_DELETED_AT_ONCE_MAX,
  HEALTH_SLOTS_KEPT_MS,
  HEALTH_SPEEDS_KEPT_MS,
} from "./limits.ts";
import { offerHealthValues } from "./offer-health-values.ts";

const MS_PER_DAY = 86_400_000;
const SLOT_MS = 300_000;

/** How an offer stands with everybody. */
export interface BookedStanding {
  readonly mode: "good" | "degraded" | "outage";
  readonly outageUntilMs: number;
  readonly proofNeeded: number;
  readonly relapses: number;
  readonly returnedMs: number;
  readonly changedMs: number;
}

/** An offer as a whole: what is added, or all there is. */
export interface BookedOffer {
  readonly offerId: string;
  readonly successes: number;
  readonly payers: readonly number[];
  readonly firstSuccessMs: number | undefined;
  readonly standing: BookedStanding | undefined;
}

/** An offer's attempts in five minutes. */
export interface BookedSlot {
  readonly offerId: string;
  readonly slot: number;
  readonly succeeded: number;
  readonly failed: number;
}

/** An offer's measurements of five minutes that fell into one bucket. */
export interface BookedSpeed {
  readonly offerId: string;
  readonly slot: number;
  readonly kind: "first_output" | "tokens";
  readonly bucket: number;
  readonly count: number;
}

/** Health as it is brought and read. */
export interface BookedHealth {
  readonly offers: readonly BookedOffer[];
  readonly slots: readonly BookedSlot[];
  readonly speeds: readonly BookedSpeed[];
}

/** The books of offers' health. */
export interface OfferHealthBooks {
  /** Adds a batch of this instance; one that is brought twice is added once. */
  add(batch: number, health: BookedHealth, nowMs: number): Promise<void>;
  /** Tells all that was brought since an earlier call, or from the beginning; resolves with what to say next time. */
  load(since: Date | undefined, nowMs: number, learn: (health: BookedHealth) => void): Promise<Date>;
  tidy(nowMs: number): Promise<void>;
}

interface OfferRow {
  readonly id: number;
  readonly name: string;
  readonly successes: number;
  readonly payers: readonly number[];
  readonly first_success_at: Date | null;
  readonly mode: BookedStanding["mode"];
  readonly outage_until: Date | null;
  readonly proof_needed: number;
  readonly relapses: number;
  readonly returned_at: Date | null;
  readonly stands_since: Date | null;
}

type SlotRow = Omit<BookedSlot, "offerId"> & { readonly offer_id: number };
type SpeedRow = Omit<BookedSpeed, "offerId"> & { readonly offer_id: number };

/** Statements of these books, which their plans are looked at by. */
export const HEALTH_STATEMENTS = {
  add: `SELECT offer_health_add(${Array.from({ length: 23 }, (_, index) => `$${index + 1}`).join(",")})`,
  offers: `SELECT id, name, successes, payers, first_success_at, mode, outage_until, proof_needed, relapses, returned_at, stands_since
    FROM offer_health WHERE changed_at > $1 AND id > $2 ORDER BY id LIMIT $3`,
  slots: `SELECT offer_id, slot, succeeded, failed FROM offer_health_slots
    WHERE offer_id = ANY ($1) AND slot >= $2 AND changed_at > $3`,
  speeds: `SELECT offer_id, slot, kind, bucket, count FROM offer_health_speeds
    WHERE offer_id = ANY ($1) AND slot >= $2 AND changed_at > $3`,
  deleteSlots: `DELETE FROM offer_health_slots WHERE (offer_id, slot) IN (
    SELECT offer_id, slot FROM offer_health_slots WHERE slot < $1 ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
  deleteSpeeds: `DELETE FROM offer_health_speeds WHERE (offer_id, slot, kind, bucket) IN (
    SELECT offer_id, slot, kind, bucket FROM offer_health_speeds WHERE slot < $1 ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING 1`,
  deleteOffers: `DELETE FROM offer_health WHERE id IN (
    SELECT id FROM offer_health WHERE seen_on < $1::date ORDER BY seen_on LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
  deleteWriters: `DELETE FROM offer_health_writers WHERE instance_id IN (
    SELECT instance_id FROM offer_health_writers WHERE written_on < $1::date LIMIT $2 FOR UPDATE SKIP LOCKED) RETURNING 1`,
} as const;

const BEGINNING = new Date(0);

const slotOf = (ms: number): number => Math.floor(ms / SLOT_MS);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

function toOffer(row: OfferRow): BookedOffer {
  const { name, successes, payers, first_success_at: firstSuccess, stands_since: since } = row;
  return {
    offerId: name,
    successes,
    payers,
    firstSuccessMs: firstSuccess?.getTime(),
    standing:
      since === null
        ? undefined
        : {
            mode: row.mode,
            outageUntilMs: row.outage_until?.getTime() ?? 0,
            proofNeeded: row.proof_needed,
            relapses: row.relapses,
            returnedMs: row.returned_at?.getTime() ?? 0,
            changedMs: since.getTime(),
          },
  };
}

/** Reads one piece, of offers in the order of their numbers. */
async function readPiece(
  query: Query,
  rows: readonly OfferRow[],
  since: Date,
  fromSlot: number,
): Promise<BookedHealth> {
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const values = [rows.map(({ id }) => id), fromSlot, since];
  const nameOf = (id: number): string => {
    const name = names.get(id);
    assert(name !== undefined, "only rows of these offers were asked for");
    return name;
  };
  const slots = await query<SlotRow>(HEALTH_STATEMENTS.slots, values);
  const speeds = await query<SpeedRow>(HEALTH_STATEMENTS.speeds, values);
  return {
    offers: rows.map((row) => toOffer(row)),
    slots: slots.map(({ offer_id: id, ...rest }) => ({ offerId: nameOf(id), ...rest })),
    speeds: speeds.map(({ offer_id: id, ...rest }) => ({ offerId: nameOf(id), ...rest })),
  };
}

/** Opens the books for one run of a router. */
export function createOfferHealthBooks({ query }: { readonly query: Query }, instance: number): OfferHealthBooks {
  const deleteInPieces = async (text: string, before: number | string): Promise<void> => {
    for (let turn = 0; turn < HEALTH_DELETING_TURNS_MAX; turn += 1) {
      const deleted = await query(text, [before, HEALTH_ROWS_DELETED_AT_ONCE_MAX]);
      if (deleted.length < HEALTH_ROWS_DELETED_AT_ONCE_MAX) return;
    }
  };
  return {
    async add(batch, health, nowMs) {
      await query(HEALTH_STATEMENTS.add, [instance, batch, dayOf(nowMs), ...offerHealthValues(health)]);
    },
    async load(since, nowMs, learn) {
      const [clock] = await query<{ now: Date }>("SELECT clock_timestamp() AS now");
      assert(clock !== undefined, "a database has a clock");
      const after = since ?? BEGINNING;
      const fromSlot = slotOf(nowMs - (since === undefined ? HEALTH_SLOTS_KEPT_MS : HEALTH_FOLLOWED_MS));
      let last = 0;
      for (let rows: readonly OfferRow[]; ; last = rows.at(-1)?.id ?? last) {
        rows = await query<OfferRow>(HEALTH_STATEMENTS.offers, [after, last, HEALTH_OFFERS_PER_READ_MAX]);
        if (rows.length > 0) learn(await readPiece(query, rows, after, fromSlot));
        if (rows.length < HEALTH_OFFERS_PER_READ_MAX) break;
      }
      return new Date(clock.now.getTime() - HEALTH_READ_AGAIN_MS);
    },
    async tidy(nowMs) {
      await deleteInPieces(HEALTH_STATEMENTS.deleteSpeeds, slotOf(nowMs - HEALTH_SPEEDS_KEPT_MS));
      await deleteInPieces(HEALTH_STATEMENTS.deleteSlots, slotOf(nowMs - HEALTH_SLOTS_KEPT_MS));
      const old = dayOf(nowMs - HEALTH_OFFERS_KEPT_DAYS * MS_PER_DAY);
      await deleteInPieces(HEALTH_STATEMENTS.deleteOffers, old);
      await deleteInPieces(HEALTH_STATEMENTS.deleteWriters, old);
    },
  };
}
