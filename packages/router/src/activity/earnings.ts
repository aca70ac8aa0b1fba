// What a provider has earned and what it was not paid for, and why; nothing here names who paid.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../ledger/database/database.ts";
import { firstUuidAt, generationId } from "@aimo-network/protocol/ids";
import { dayOf } from "./utc-days.ts";
import type { Generation, GenerationRow } from "./generation-record.ts";
import { GENERATION_COLUMNS, GENERATION_JOINS, generationOf } from "./generation-record.ts";
import { walletBytes } from "./wallet-bytes.ts";

/** A provider's accounts in the ledger (docs/accounting.md). */
export interface Earnings {
  /** Settled and not withdrawn yet. */
  readonly claimable: NanoUsdc;
  readonly withdrawing: NanoUsdc;
  /** Charged to users and not settled yet, before the router's fee. */
  readonly payable: NanoUsdc;
}

/** How much a provider was not paid for one reason. */
export interface UnpaidSum {
  readonly reason: string;
  readonly count: bigint;
  readonly amount: NanoUsdc;
}

/** One thing a provider was not paid for. */
export interface Unpaid {
  /** The generation; undefined where a settlement or an exit fell short, which are none. */
  readonly id: string | undefined;
  readonly model: string;
  readonly reason: string;
  /** 0 where nobody can say. */
  readonly amount: NanoUsdc;
  readonly at: Date;
}

/** A generation as its provider may see it: not by whose key, nor from which app. */
export type ServedGeneration = Omit<Generation, "keyId" | "provider" | "app">;

/** Reads what concerns a provider; `limit` bounds each list, the newest first. */
export interface ProviderEarnings {
  of(wallet: string): Promise<Earnings>;
  unpaidSums(wallet: string, sinceMs: number): Promise<readonly UnpaidSum[]>;
  unpaid(wallet: string, sinceMs: number, limit: number): Promise<readonly Unpaid[]>;
  served(wallet: string, sinceMs: number, limit: number): Promise<readonly ServedGeneration[]>;
}

/** What is selected of a row of `providers` that is called `p`. */
export const EARNINGS_COLUMNS = `p.claimable AS earned_claimable, p.withdrawing AS earned_withdrawing,
  (SELECT coalesce(sum(a.amount), 0) FROM payables a WHERE a.provider_id = p.id) AS earned_payable`;

/** The columns of `EARNINGS_COLUMNS`. */
export type EarningsRow = Readonly<Record<`earned_${keyof Earnings}`, bigint>>;

/** The earnings of a row, or of a wallet that has none. */
export function earningsOf(row: EarningsRow | undefined): Earnings {
  return {
    claimable: nanoUsdc(row?.earned_claimable ?? 0n),
    withdrawing: nanoUsdc(row?.earned_withdrawing ?? 0n),
    payable: nanoUsdc(row?.earned_payable ?? 0n),
  };
}

const EARNINGS_SQL = `SELECT ${EARNINGS_COLUMNS} FROM wallets w JOIN providers p ON p.id = w.id WHERE w.address = $1`;

const IS_UNPAID = "u.provider_id = (SELECT id FROM wallets WHERE address = $1) AND u.at >= $2";
const UNPAID_SUMS_SQL = `SELECT u.reason, count(*) AS count, sum(u.amount) AS amount FROM uncollected u
  WHERE ${IS_UNPAID} GROUP BY u.reason ORDER BY u.reason`;
const UNPAID_SQL = `SELECT u.lock_id, u.reason, u.amount, u.at, m.name AS model FROM (
    SELECT * FROM uncollected u WHERE ${IS_UNPAID} ORDER BY u.at DESC LIMIT $3
  ) u JOIN models m ON m.id = u.model_id ORDER BY u.at DESC, u.lock_id`;
const NO_ANSWERS: ReadonlySet<string> = new Set(["shortfall", "exit"]);

const SERVED_SQL = `SELECT ${GENERATION_COLUMNS} FROM (
    SELECT * FROM generations WHERE provider_id = (SELECT id FROM wallets WHERE address = $1)
      AND day >= DATE '1970-01-01' + $2::integer AND id >= $3 ORDER BY id DESC LIMIT $4
  ) g ${GENERATION_JOINS} ORDER BY g.id DESC`;

interface UnpaidRow {
  readonly lock_id: string;
  readonly reason: string;
  readonly amount: bigint;
  readonly at: Date;
  readonly model: string;
}

function unpaidOf({ lock_id: id, reason, amount, at, model }: UnpaidRow): Unpaid {
  return { id: NO_ANSWERS.has(reason) ? undefined : generationId(id), model, reason, amount: nanoUsdc(amount), at };
}

function servedOf(row: GenerationRow): ServedGeneration {
  const { keyId: _payersKey, app: _payersApp, provider: _itself, ...served } = generationOf(row);
  return served;
}

/** Creates the reader of earnings. */
export function createProviderEarnings({ query }: Database): ProviderEarnings {
  return {
    async of(wallet) {
      const [row] = await query<EarningsRow>(EARNINGS_SQL, [walletBytes(wallet)]);
      return earningsOf(row);
    },
    async unpaidSums(wallet, sinceMs) {
      type Row = Readonly<{ reason: string; count: bigint; amount: bigint }>;
      const rows = await query<Row>(UNPAID_SUMS_SQL, [walletBytes(wallet), new Date(sinceMs)]);
      return rows.map(({ reason, count, amount }) => ({ reason, count, amount: nanoUsdc(amount) }));
    },
    async unpaid(wallet, sinceMs, limit) {
      const rows = await query<UnpaidRow>(UNPAID_SQL, [walletBytes(wallet), new Date(sinceMs), limit]);
      return rows.map(unpaidOf);
    },
    async served(wallet, sinceMs, limit) {
      const values = [walletBytes(wallet), dayOf(sinceMs), firstUuidAt(sinceMs), limit];
      const rows = await query<GenerationRow>(SERVED_SQL, values);
      return rows.map(servedOf);
    },
  };
}
