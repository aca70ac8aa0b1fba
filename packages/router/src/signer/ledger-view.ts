// What the signer reads of the ledger: everything about one thing at one moment, in a transaction that can only read.
import { base58 } from "@scure/base";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { OpenBatch } from "../ledger/chain-books/settlement.ts";
import { readOpenBatch } from "../ledger/chain-books/settlement.ts";
import type { Withdrawal } from "../ledger/chain-books/withdrawals.ts";
import { readWithdrawal } from "../ledger/chain-books/withdrawals.ts";
import type { Database, Query } from "../ledger/database/database.ts";

/** What one user owes to one provider, in nano-USDC, and what is on its way. */
export interface PairDebt {
  readonly user: number;
  readonly providerWallet: string;
  /** What is owed; debts that an exit wrote off included, for they are paid where money comes in again. */
  readonly owed: bigint;
  /** What the payable says is on its way. */
  readonly inFlight: bigint;
  /** What all entries that are not posted ask for. */
  readonly asked: bigint;
}

/** A batch and what stands behind its entries. */
export interface BatchView {
  readonly batch: OpenBatch;
  readonly debts: readonly PairDebt[];
}

/** An entry of a user that is not posted yet. */
export interface WaitingEntry {
  readonly openedSlot: bigint;
  readonly seq: bigint;
  /** In nano-USDC. */
  readonly amount: bigint;
}

/** A withdrawal and what stands beside it. */
export interface WithdrawalView {
  readonly withdrawal: Withdrawal;
  /** What waits for it. */
  readonly held: NanoUsdc;
  /** What waits for all withdrawals of the account. */
  readonly withdrawing: NanoUsdc;
  /** What a user owes or has locked; 0 for a provider. */
  readonly owed: NanoUsdc;
  readonly waiting: readonly WaitingEntry[];
}

type Reads = Pick<Database, "transaction">;

const ONE_MOMENT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
const DEBTS = `SELECT p.user_id, v.address, p.amount + p.written_off AS owed, p.in_flight, a.asked
  FROM (SELECT DISTINCT user_id, provider_id FROM settle_entries WHERE batch_id = $1 AND posted_at IS NULL) x
    JOIN payables p USING (user_id, provider_id) JOIN wallets v ON v.id = p.provider_id
    CROSS JOIN LATERAL (SELECT sum(o.amount)::bigint * 1000 AS asked FROM settle_entries o
      WHERE o.user_id = p.user_id AND o.provider_id = p.provider_id AND o.posted_at IS NULL) a`;
const BESIDE: Readonly<Record<Withdrawal["party"], string>> = {
  user: `SELECT w.held, u.withdrawing, u.payable + u.locked AS owed FROM withdrawals w JOIN users u ON u.id = w.wallet_id WHERE w.id = $1`,
  provider: `SELECT w.held, p.withdrawing, 0::bigint AS owed FROM withdrawals w JOIN providers p ON p.id = w.wallet_id WHERE w.id = $1`,
};
const WAITING = `SELECT opened_slot, seq, amount * 1000 AS amount FROM settle_entries WHERE user_id = $1 AND posted_at IS NULL`;
const OWED_TO = `SELECT v.address, (SELECT coalesce(sum(p.amount), 0)::bigint FROM payables p WHERE p.provider_id = v.id) AS owed
  FROM wallets v WHERE v.address = ANY ($1::bytea[])`;
// What is read here and in the readers of chain-books/: docs/signer.md grants it.
const TABLES = ["wallets", "users", "providers", "payables", "settle_batches", "settle_entries", "withdrawals"];
const RIGHTS = `SELECT t AS name, has_table_privilege(t, 'SELECT') AS may_read, has_table_privilege(t, 'INSERT, UPDATE, DELETE') AS may_write
  FROM unnest($1::text[]) t`;

interface DebtRow {
  readonly user_id: number;
  readonly address: Uint8Array;
  readonly owed: bigint;
  readonly in_flight: bigint;
  readonly asked: bigint;
}

function atOneMoment<Read>({ transaction }: Reads, read: (query: Query) => Promise<Read>): Promise<Read> {
  return transaction(async (query) => {
    await query(ONE_MOMENT);
    return await read(query);
  });
}

/** A batch that has not landed; undefined where there is none of this number. */
export function viewBatch(database: Reads, id: bigint): Promise<BatchView | undefined> {
  return atOneMoment(database, async (query) => {
    const batch = await readOpenBatch(query, id);
    if (batch === undefined) return undefined;
    const rows = await query<DebtRow>(DEBTS, [id]);
    const debts = rows.map(({ user_id, address, owed, in_flight, asked }) => {
      return { user: user_id, providerWallet: base58.encode(address), owed, inFlight: in_flight, asked };
    });
    return { batch, debts };
  });
}

/** A withdrawal; undefined where there is none of this id, a UUID. */
export function viewWithdrawal(database: Reads, id: string): Promise<WithdrawalView | undefined> {
  return atOneMoment(database, async (query) => {
    const withdrawal = await readWithdrawal(query, id);
    if (withdrawal === undefined) return undefined;
    const { party, walletNumber } = withdrawal;
    const [beside] = await query<{ held: bigint; withdrawing: bigint; owed: bigint }>(BESIDE[party], [id]);
    const rows =
      party === "user"
        ? await query<{ opened_slot: bigint; seq: bigint; amount: bigint }>(WAITING, [walletNumber])
        : [];
    return {
      withdrawal,
      held: nanoUsdc(beside?.held ?? 0n),
      withdrawing: nanoUsdc(beside?.withdrawing ?? 0n),
      owed: nanoUsdc(beside?.owed ?? 0n),
      waiting: rows.map(({ opened_slot, seq, amount }) => ({ openedSlot: opened_slot, seq, amount })),
    };
  });
}

/** What all users owe to each of these wallets, in nano-USDC; nothing to one that is not there. */
export function viewOwed(database: Reads, wallets: readonly string[]): Promise<ReadonlyMap<string, bigint>> {
  return atOneMoment(database, async (query) => {
    const addresses = wallets.map((wallet) => Buffer.from(base58.decode(wallet)));
    const rows = await query<{ address: Uint8Array; owed: bigint }>(OWED_TO, [addresses]);
    return new Map(rows.map(({ address, owed }) => [base58.encode(address), owed]));
  });
}

/** What the role that reads the ledger may do there. */
export interface LedgerRights {
  /** Tables that it would have to read and may not. */
  readonly unreadable: readonly string[];
  /** Whether it could also write, which it has no need to. */
  readonly mayWrite: boolean;
}

/** Asks what this role may do. */
export function viewRights(database: Reads): Promise<LedgerRights> {
  return atOneMoment(database, async (query) => {
    const rows = await query<{ name: string; may_read: boolean; may_write: boolean }>(RIGHTS, [TABLES]);
    return {
      unreadable: rows.filter(({ may_read }) => !may_read).map(({ name }) => name),
      mayWrite: rows.some(({ may_write }) => may_write),
    };
  });
}
