// A key as its owner reads about it: what it may do, what it has spent and what is left, exactly.
import { base58, hex } from "@scure/base";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import { consoleKeyId } from "./console-keys.ts";

/** How often an issued key's limit begins anew, by UTC; undefined where it counts for the key's whole life. */
export type LimitReset = "daily" | "weekly" | "monthly" | undefined;

/** What was charged. */
export interface KeyUsage {
  readonly total: NanoUsdc;
  /** Since the day, the Monday and the month began, by UTC. */
  readonly day: NanoUsdc;
  readonly week: NanoUsdc;
  readonly month: NanoUsdc;
}

/** A key and its accounts. */
export interface KeyRecord {
  readonly id: string;
  readonly name: string;
  readonly wallet: string;
  /** Issued by this router, signed by the wallet, or none that anybody holds: what the wallet's sessions pay with. */
  readonly kind: "issued" | "signed" | "console";
  readonly isEarnOnly: boolean;
  readonly isDisabled: boolean;
  readonly revokedAt: Date | undefined;
  readonly limit: NanoUsdc | undefined;
  /** What may still be spent, locked funds counted as spent, within its issuer's limit too; undefined without any limit. */
  readonly limitLeft: NanoUsdc | undefined;
  readonly limitReset: LimitReset;
  /** What was charged to it and to the keys it issued. */
  readonly usage: KeyUsage;
  readonly allowedModels: readonly string[] | undefined;
  readonly createdAt: Date;
  readonly updatedAt: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
  /** Whether its wallet has ever deposited. */
  readonly hasDeposited: boolean;
}

/** A row of `RECORDS`. */
export interface KeyRecordRow {
  readonly key_id: Uint8Array;
  readonly name: string;
  readonly address: Uint8Array;
  readonly is_issued: boolean;
  readonly is_earn_only: boolean;
  readonly is_disabled: boolean;
  readonly revoked_at: Date | null;
  readonly spending_limit: bigint | null;
  readonly limit_left: bigint | null;
  readonly limit_reset: "never" | "daily" | "weekly" | "monthly";
  readonly usage: bigint;
  readonly usage_day: bigint;
  readonly usage_week: bigint;
  readonly usage_month: bigint;
  readonly allowed_models: readonly string[] | null;
  readonly created_at: Date;
  readonly updated_at: Date | null;
  /** `Infinity` where the key has no end. */
  readonly expires_at: Date | number;
  readonly last_used_at: Date | null;
  readonly has_deposited: boolean;
}

/** Selects records; `$1` is the time, what follows picks keys `k`. Without a limit of its own a key may have its issuer's. */
export const RECORDS = `SELECT k.key_id, k.name, w.address, k.secret_hash IS NOT NULL AS is_issued, k.is_earn_only, k.is_disabled, k.revoked_at,
    CASE WHEN k.is_earn_only THEN 0 ELSE k.spending_limit END AS spending_limit,
    CASE WHEN k.is_earn_only THEN 0 ELSE least(
      CASE WHEN k.spending_limit IS NOT NULL THEN ledger_key_left(k, $1) END,
      CASE WHEN p.spending_limit IS NOT NULL THEN ledger_key_left(p, $1) END) END AS limit_left,
    k.limit_reset, u.total AS usage, u.day AS usage_day, u.week AS usage_week, u.month AS usage_month,
    k.allowed_models, k.created_at, k.updated_at, k.expires_at, k.last_used_at, users.has_deposited
  FROM keys k JOIN wallets w ON w.id = k.user_id JOIN users ON users.id = k.user_id LEFT JOIN keys p ON p.id = k.parent_id
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.cost), 0) AS total,
      coalesce(sum(d.cost) FILTER (WHERE d.day >= ledger_window('daily', $1)), 0) AS day,
      coalesce(sum(d.cost) FILTER (WHERE d.day >= ledger_window('weekly', $1)), 0) AS week,
      coalesce(sum(d.cost) FILTER (WHERE d.day >= ledger_window('monthly', $1)), 0) AS month
    FROM usage_daily d
    WHERE d.key_id = ANY (ARRAY(SELECT k.id UNION ALL SELECT child.id FROM keys child WHERE child.parent_id = k.id))
  ) u`;

function amountOf(amount: bigint | null): NanoUsdc | undefined {
  return amount === null ? undefined : nanoUsdc(amount);
}

/** The record a row says. */
export function toKeyRecord(row: KeyRecordRow): KeyRecord {
  const [id, wallet] = [hex.encode(row.key_id), base58.encode(row.address)];
  return {
    id,
    name: row.name,
    wallet,
    kind: row.is_issued ? "issued" : id === consoleKeyId(wallet) ? "console" : "signed",
    isEarnOnly: row.is_earn_only,
    isDisabled: row.is_disabled,
    revokedAt: row.revoked_at ?? undefined,
    limit: amountOf(row.spending_limit),
    limitLeft: amountOf(row.limit_left),
    limitReset: row.limit_reset === "never" ? undefined : row.limit_reset,
    usage: {
      total: nanoUsdc(row.usage),
      day: nanoUsdc(row.usage_day),
      week: nanoUsdc(row.usage_week),
      month: nanoUsdc(row.usage_month),
    },
    allowedModels: row.allowed_models ?? undefined,
    createdAt: row.created_at,
    updatedAt: row.updated_at ?? undefined,
    expiresAt: row.expires_at instanceof Date ? row.expires_at : undefined,
    lastUsedAt: row.last_used_at ?? undefined,
    hasDeposited: row.has_deposited,
  };
}
