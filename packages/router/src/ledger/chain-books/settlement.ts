// Batches of what users owe, from being cut to having landed (docs/accounting.md).
import { base58 } from "@scure/base";
import type { MicroUsdc } from "@aimo-network/protocol/money";
import { microUsdc } from "@aimo-network/protocol/money";
import type { Database, Query } from "../database/database.ts";

/** What one user owes to one provider, in whole micro-USDC, and is due to be settled. */
export interface DuePair {
  readonly user: number;
  readonly provider: number;
  readonly userWallet: string;
  readonly providerWallet: string;
  readonly amount: MicroUsdc;
  /** 0 where the provider has no account on chain yet. */
  readonly providerOpenedSlot: bigint;
}

/** When pairs are due. */
export interface DueRule {
  readonly at: Date;
  /** Owed since before it: due. */
  readonly since: Date;
  /** Owed at least so much: due. */
  readonly least: MicroUsdc;
  /** Owed by all users to a provider without an account on chain, before its pairs are due at all: its account is opened with them. */
  readonly sponsorMin: MicroUsdc;
  readonly most: number;
}

/** An entry of a batch: it never changes. */
export interface SettleEntry {
  readonly id: bigint;
  readonly user: number;
  readonly userWallet: string;
  readonly providerWallet: string;
  readonly openedSlot: bigint;
  readonly seq: bigint;
  readonly amount: MicroUsdc;
  readonly isPosted: boolean;
}

/** A batch that has not landed. */
export interface OpenBatch {
  readonly id: bigint;
  readonly state: "queued" | "signed" | "sent";
  readonly notBefore: Date;
  readonly root: Uint8Array | undefined;
  readonly signature: string | undefined;
  readonly wire: string | undefined;
  readonly lastValidBlockHeight: bigint | undefined;
  readonly attempts: number;
  readonly entries: readonly SettleEntry[];
}

/** A signed transaction, before anybody has had it. */
export interface SignedBatch {
  readonly signature: string;
  readonly wire: string;
  readonly lastValidBlockHeight: bigint;
}

/** What a transaction logged for an entry, in micro-USDC. */
export interface LoggedEntry {
  readonly id: bigint;
  readonly applied: MicroUsdc;
  readonly fee: MicroUsdc;
}

/** Settlement batches; only the leader of the settler's job changes them. */
export interface Settlement {
  due(rule: DueRule): Promise<readonly DuePair[]>;
  /**
   * Cuts a batch: gives every pair an entry of what it owes now, at most `most`; undefined where nothing is left of it. What is
   * charged after it is no older than `receiptsFrom`, a UUID, or charged late.
   */
  cut(fence: bigint, batch: CutBatch): Promise<bigint | undefined>;
  open(most: number): Promise<readonly OpenBatch[]>;
  setRoot(fence: bigint, batch: bigint, root: Uint8Array): Promise<void>;
  /** Keeps a signed transaction before it is sent. */
  signed(fence: bigint, batch: bigint, signed: SignedBatch): Promise<void>;
  sent(fence: bigint, batch: bigint): Promise<void>;
  /** What a confirmed transaction said; posting follows the escrows themselves. */
  logged(fence: bigint, batch: bigint, slot: bigint, entries: readonly LoggedEntry[]): Promise<void>;
  /**
   * The transaction will never land: the same entries are signed again, not before a time. Where a signature is named, or
   * null for none, only while it is the batch's: who acts on what is old forgets no bytes that may still land.
   */
  again(fence: bigint, batch: bigint, failure: string, notBefore: Date, signature?: string | null): Promise<void>;
  /**
   * The busiest of the wallets that were settled at least twice since a time: their accounts are worth a place in a lookup
   * table, in this order, in which neighbours pay the same provider.
   */
  busy(
    since: Date,
    most: number,
  ): Promise<{ readonly users: readonly string[]; readonly providers: readonly string[] }>;
  /** Moves users of a queued batch into one of their own. */
  split(fence: bigint, at: Date, batch: bigint, ref: string, users: readonly number[]): Promise<void>;
}

/** What a batch is cut from. */
export interface CutBatch {
  readonly at: Date;
  readonly ref: string;
  readonly pairs: readonly Pick<DuePair, "user" | "provider">[];
  readonly most: MicroUsdc;
  readonly receiptsFrom: string;
}

// Rows that a batch of requests holds are passed over until the next look: waiting for them here could close a ring.
const MARK = `UPDATE payables p SET since = $1 FROM (
    SELECT user_id, provider_id FROM payables WHERE since IS NULL AND amount - in_flight + written_off >= 1000
    FOR NO KEY UPDATE SKIP LOCKED
  ) t WHERE p.user_id = t.user_id AND p.provider_id = t.provider_id`;
// Whoever leaves or has less left than it owes goes first, then who has waited longest. Of those who have waited equally long
// a provider's come one after the other: a batch names few accounts then. What cannot be settled yet takes nobody's place.
const DUE = `SELECT p.user_id, p.provider_id, u.address AS user_address, v.address AS provider_address,
    (p.amount - p.in_flight) / 1000 AS amount, coalesce(a.opened_slot, 0) AS provider_opened
  FROM payables p JOIN users b ON b.id = p.user_id JOIN escrows e ON e.user_id = p.user_id
    JOIN wallets u ON u.id = p.user_id JOIN wallets v ON v.id = p.provider_id
    JOIN (SELECT provider_id, sum(amount)::bigint / 1000 AS owed FROM payables GROUP BY provider_id) o USING (provider_id)
    LEFT JOIN provider_accounts a ON a.provider_id = p.provider_id
  WHERE p.amount - p.in_flight >= 1000 AND e.opened_slot > 0 AND p.user_id <> p.provider_id
    AND (p.since <= $1 OR (p.amount - p.in_flight) / 1000 >= $2 OR e.is_urgent OR b.payable > b.available + b.locked)
    AND (a.opened_slot > 0 OR o.owed >= $4)
    AND NOT EXISTS (SELECT FROM settle_entries x WHERE x.user_id = p.user_id AND x.posted_at IS NULL)
  ORDER BY e.is_urgent DESC, p.since, p.provider_id, p.user_id LIMIT $3`;
const SPLIT = "SELECT ledger_split_batch($1, $2, $3, $4, $5)";
const CUT = "SELECT ledger_cut($1, $2, $3, $4, $5, $6, $7) AS batch";
const LED = "ledger_insist_leader('settler', $1)";
const OPEN_BATCHES = `SELECT id, state, not_before, root, signature, wire, last_valid_height, attempts FROM settle_batches
  WHERE state IN ('queued', 'signed', 'sent') ORDER BY id LIMIT $1`;
const ENTRIES = `SELECT x.id, x.batch_id, x.user_id, u.address AS user_address, v.address AS provider_address, x.opened_slot, x.seq,
    x.amount, x.posted_at IS NOT NULL AS is_posted
  FROM settle_entries x JOIN wallets u ON u.id = x.user_id JOIN wallets v ON v.id = x.provider_id
  WHERE x.batch_id = ANY ($1) ORDER BY x.batch_id, x.id`;
// In the order in which entries are posted. What was posted without its log is compared with it now.
const LOGGED = `WITH said AS (
    UPDATE settle_entries x SET logged_applied = t.applied, logged_fee = t.fee FROM (
      SELECT o.id, t.applied, t.fee FROM settle_entries o JOIN unnest($2::bigint[], $3::bigint[], $4::bigint[]) t(id, applied, fee) USING (id),
        (SELECT ${LED}) led
      WHERE o.batch_id = $5 AND o.logged_applied IS NULL ORDER BY o.id FOR NO KEY UPDATE OF o
    ) t WHERE x.id = t.id RETURNING x.*
  )
  INSERT INTO chain_surprises (at, slot, kind, user_id, provider_id, amount)
    SELECT posted_at, $6, 'log differs', user_id, provider_id, logged_applied - applied FROM said WHERE logged_applied <> applied`;
const FORGET_LOGS = `UPDATE settle_entries x SET logged_applied = NULL, logged_fee = NULL FROM (
    SELECT o.id FROM settle_entries o, (SELECT ${LED}) led
    WHERE o.batch_id = $2 AND o.posted_at IS NULL AND o.logged_applied IS NOT NULL ORDER BY o.id FOR NO KEY UPDATE OF o
  ) t WHERE x.id = t.id`;
// The busiest, as many as are asked for; those who pay the same provider stand together, as they do in batches: so that a
// batch looks them up in few tables.
const BUSY = `WITH settled AS (
    SELECT x.user_id, x.provider_id FROM settle_entries x JOIN settle_batches b ON b.id = x.batch_id WHERE b.queued_at >= $1
  ), busiest AS (
    SELECT * FROM (
      SELECT user_id AS id, true AS is_user, count(*) AS n, mode() WITHIN GROUP (ORDER BY provider_id) AS near FROM settled GROUP BY user_id
      UNION ALL SELECT provider_id, false, count(*), 0 FROM settled GROUP BY provider_id
    ) t WHERE n >= 2 ORDER BY is_user, n DESC, id LIMIT $2
  )
  SELECT w.address, t.is_user FROM busiest t JOIN wallets w ON w.id = t.id ORDER BY t.is_user, t.near, t.n DESC, t.id`;

interface DueRow {
  readonly user_id: number;
  readonly provider_id: number;
  readonly user_address: Uint8Array;
  readonly provider_address: Uint8Array;
  readonly amount: bigint;
  readonly provider_opened: bigint;
}

interface BatchRow {
  readonly id: bigint;
  readonly state: OpenBatch["state"];
  readonly not_before: Date;
  readonly root: Uint8Array | null;
  readonly signature: string | null;
  readonly wire: string | null;
  readonly last_valid_height: bigint | null;
  readonly attempts: number;
}

interface EntryRow extends Pick<DueRow, "user_id" | "user_address" | "provider_address" | "amount"> {
  readonly id: bigint;
  readonly batch_id: bigint;
  readonly opened_slot: bigint;
  readonly seq: bigint;
  readonly is_posted: boolean;
}

function entryOf(row: EntryRow): SettleEntry {
  return {
    id: row.id,
    user: row.user_id,
    userWallet: base58.encode(row.user_address),
    providerWallet: base58.encode(row.provider_address),
    openedSlot: row.opened_slot,
    seq: row.seq,
    amount: microUsdc(row.amount),
    isPosted: row.is_posted,
  };
}

async function withEntries(query: Query, batches: readonly BatchRow[]): Promise<readonly OpenBatch[]> {
  const rows = await query<EntryRow>(ENTRIES, [batches.map(({ id }) => id)]);
  return batches.map((batch) => ({
    id: batch.id,
    state: batch.state,
    notBefore: batch.not_before,
    root: batch.root ?? undefined,
    signature: batch.signature ?? undefined,
    wire: batch.wire ?? undefined,
    lastValidBlockHeight: batch.last_valid_height ?? undefined,
    attempts: batch.attempts,
    entries: rows.filter(({ batch_id }) => batch_id === batch.id).map(entryOf),
  }));
}

/** One batch with its entries, whoever reads it; undefined where there is none that is open. */
export async function readOpenBatch(query: Query, id: bigint): Promise<OpenBatch | undefined> {
  const rows = await query<BatchRow>(
    `SELECT id, state, not_before, root, signature, wire, last_valid_height, attempts FROM settle_batches
     WHERE id = $1 AND state IN ('queued', 'signed', 'sent')`,
    [id],
  );
  return (await withEntries(query, rows))[0];
}

function pairOf(row: DueRow): DuePair {
  return {
    user: row.user_id,
    provider: row.provider_id,
    userWallet: base58.encode(row.user_address),
    providerWallet: base58.encode(row.provider_address),
    amount: microUsdc(row.amount),
    providerOpenedSlot: row.provider_opened,
  };
}

/** Opens the batches of a ledger's database. */
export function createSettlement({ query }: Pick<Database, "query">): Settlement {
  const change = async (set: string, values: readonly unknown[], where: string): Promise<void> => {
    await query(`UPDATE settle_batches b SET ${set} FROM (SELECT ${LED}) led WHERE b.id = $2 AND ${where}`, values);
  };
  return {
    async due({ at, since, least, sponsorMin, most }) {
      await query(MARK, [at]);
      return (await query<DueRow>(DUE, [since, least, most, sponsorMin])).map(pairOf);
    },
    async cut(fence, { at, ref, pairs, most, receiptsFrom }) {
      const [users, providers] = [pairs.map(({ user }) => user), pairs.map(({ provider }) => provider)];
      const values = [at, fence, ref, users, providers, most, receiptsFrom];
      const [row] = await query<{ batch: bigint | null }>(CUT, values);
      return row?.batch ?? undefined;
    },
    open: async (most) => withEntries(query, await query<BatchRow>(OPEN_BATCHES, [most])),
    setRoot: (fence, batch, root) => change("root = $3", [fence, batch, root], "b.state = 'queued'"),
    signed: (fence, batch, { signature, wire, lastValidBlockHeight }) =>
      change(
        "state = 'signed', signature = $3, wire = $4, last_valid_height = $5, attempts = attempts + 1",
        [fence, batch, signature, wire, lastValidBlockHeight],
        "b.state = 'queued'",
      ),
    sent: (fence, batch) => change("state = 'sent'", [fence, batch], "b.state = 'signed'"),
    async logged(fence, batch, slot, entries) {
      const [ids, applied, fees] = [
        entries.map(({ id }) => id),
        entries.map((entry) => entry.applied),
        entries.map(({ fee }) => fee),
      ];
      await query(LOGGED, [fence, ids, applied, fees, batch, slot]);
      await change("landed_slot = $3", [fence, batch, slot], "true");
    },
    async again(fence, batch, failure, notBefore, signature) {
      await query(FORGET_LOGS, [fence, batch]); // of a fork that the chain has left
      await change(
        "state = 'queued', signature = NULL, wire = NULL, last_valid_height = NULL, failure = $3, not_before = $4",
        [fence, batch, failure, notBefore, signature === undefined, signature ?? null],
        "b.state IN ('queued', 'signed', 'sent') AND ($5 OR b.signature IS NOT DISTINCT FROM $6)",
      );
    },
    async busy(since, most) {
      const rows = await query<{ address: Uint8Array; is_user: boolean }>(BUSY, [since, most]);
      const walletsOf = (isUser: boolean): string[] =>
        rows.filter(({ is_user }) => is_user === isUser).map(({ address }) => base58.encode(address));
      return { users: walletsOf(true), providers: walletsOf(false) };
    },
    async split(fence, at, batch, ref, users) {
      await query(SPLIT, [at, fence, batch, ref, users]);
    },
  };
}
