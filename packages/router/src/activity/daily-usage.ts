// What was used and earned, day by day: the sums that outlive the single generations.
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { nanoUsdc } from "@aimo-network/protocol/money";
import type { Database } from "../ledger/database/database.ts";
import type { AppRow, NamedApp } from "./generation-record.ts";
import { APP_COLUMNS, appJoin, appOf } from "./generation-record.ts";
import { keyIdBytes, keyIdText, walletAddress, walletBytes } from "./wallet-bytes.ts";

/** Days to sum over, counted from 1970, both of them included. */
export interface DaySpan {
  readonly firstDay: number;
  readonly lastDay: number;
  /** Rows that are read at most: whoever asked sees by one row too many that there are more. */
  readonly rowsMax: number;
}

/** One day's answers of one model by one provider. */
export interface DayUsage {
  /** YYYY-MM-DD, in UTC. */
  readonly date: string;
  readonly model: string;
  /** The provider's wallet. */
  readonly provider: string;
  readonly requests: bigint;
  readonly promptTokens: bigint;
  readonly completionTokens: bigint;
  readonly reasoningTokens: bigint;
  readonly cachedTokens: bigint;
  readonly cost: NanoUsdc;
}

/** The part of it that came from one app, or from none that was named. */
export interface AppUsage extends DayUsage {
  readonly app: NamedApp | undefined;
}

/** The part of it that one key asked for. */
export interface KeyUsage extends DayUsage {
  readonly keyId: string;
  /** Empty where it has none. */
  readonly keyName: string;
}

/** Reads days, the latest first, and of a day what cost most. */
export interface DailyUsage {
  /** What a wallet used, or one of its keys. */
  ofUser(wallet: string, span: DaySpan, keyId?: string): Promise<readonly DayUsage[]>;
  /** The same, each app by itself. */
  ofApps(wallet: string, span: DaySpan, keyId?: string): Promise<readonly AppUsage[]>;
  /** The same, each key by itself. */
  ofKeys(wallet: string, span: DaySpan, keyId?: string): Promise<readonly KeyUsage[]>;
  /** What a provider served, whoever asked for it. */
  ofProvider(wallet: string, span: DaySpan): Promise<readonly DayUsage[]>;
}

interface Row {
  readonly date: string;
  readonly model: string;
  readonly provider: Uint8Array;
  readonly requests: bigint;
  readonly prompt_tokens: bigint;
  readonly completion_tokens: bigint;
  readonly reasoning_tokens: bigint;
  readonly cached_tokens: bigint;
  readonly cost: bigint;
}

interface KeyRow {
  readonly key_id: Uint8Array;
  readonly key_name: string;
}

/** What days are told apart by beside their models and providers: a column of `u`, and what `d.part` is shown as. */
interface Part {
  readonly column: string;
  readonly shown: string;
  readonly join: string;
}

const APP_PART: Part = { column: "abs(u.app_id)", shown: APP_COLUMNS, join: appJoin("d.part") };
const KEY_PART: Part = {
  column: "u.key_id",
  shown: "k.key_id, k.name AS key_name",
  join: "JOIN LATERAL (SELECT key_id, name FROM keys WHERE id = d.part LIMIT 1) k ON true", // row by row, as apps are
};

const summed = (condition: string, part?: Part): string => `
  SELECT to_char(d.day, 'YYYY-MM-DD') AS date, m.name AS model, p.address AS provider, d.requests, d.prompt_tokens,
    d.completion_tokens, d.reasoning_tokens, d.cached_tokens, d.cost${part ? `, ${part.shown}` : ""}
  FROM (
    SELECT u.day, u.model_id, u.provider_id, ${part ? `${part.column} AS part, ` : ""}sum(u.requests) AS requests, sum(u.prompt_tokens) AS prompt_tokens,
      sum(u.completion_tokens) AS completion_tokens, sum(u.reasoning_tokens) AS reasoning_tokens,
      sum(u.cached_tokens) AS cached_tokens, sum(u.cost) AS cost
    FROM usage_daily u
    WHERE ${condition} AND u.day BETWEEN DATE '1970-01-01' + $2::integer AND DATE '1970-01-01' + $3::integer
    GROUP BY u.day, u.model_id, u.provider_id${part ? `, ${part.column}` : ""} ORDER BY u.day DESC, sum(u.cost) DESC LIMIT $4
  ) d JOIN models m ON m.id = d.model_id JOIN wallets p ON p.id = d.provider_id ${part ? part.join : ""}
  ORDER BY d.day DESC, d.cost DESC, m.name, p.id${part ? ", d.part" : ""}`;

const IS_USERS = `u.user_id = (SELECT id FROM wallets WHERE address = $1)
  AND ($5::bytea IS NULL OR u.key_id = (SELECT id FROM keys WHERE key_id = $5))`;
const USER_SQL = summed(IS_USERS);
const APPS_SQL = summed(IS_USERS, APP_PART);
const KEYS_SQL = summed(IS_USERS, KEY_PART);
const PROVIDER_SQL = summed("u.provider_id = (SELECT id FROM wallets WHERE address = $1)");

function usageOf(row: Row): DayUsage {
  return {
    date: row.date,
    model: row.model,
    provider: walletAddress(row.provider),
    requests: row.requests,
    promptTokens: row.prompt_tokens,
    completionTokens: row.completion_tokens,
    reasoningTokens: row.reasoning_tokens,
    cachedTokens: row.cached_tokens,
    cost: nanoUsdc(row.cost),
  };
}

/** Creates the reader of days. */
export function createDailyUsage({ query }: Database): DailyUsage {
  const usersValues = (wallet: string, { firstDay, lastDay, rowsMax }: DaySpan, keyId: string | undefined) => {
    const key = keyId === undefined ? null : keyIdBytes(keyId);
    return [walletBytes(wallet), firstDay, lastDay, rowsMax, key];
  };
  return {
    async ofUser(wallet, span, keyId) {
      const rows = await query<Row>(USER_SQL, usersValues(wallet, span, keyId));
      return rows.map(usageOf);
    },
    async ofApps(wallet, span, keyId) {
      const rows = await query<Row & AppRow>(APPS_SQL, usersValues(wallet, span, keyId));
      return rows.map((row) => ({ ...usageOf(row), app: appOf(row) }));
    },
    async ofKeys(wallet, span, keyId) {
      const rows = await query<Row & KeyRow>(KEYS_SQL, usersValues(wallet, span, keyId));
      return rows.map((row) => ({ ...usageOf(row), keyId: keyIdText(row.key_id), keyName: row.key_name }));
    },
    async ofProvider(wallet, { firstDay, lastDay, rowsMax }) {
      const rows = await query<Row>(PROVIDER_SQL, [walletBytes(wallet), firstDay, lastDay, rowsMax]);
      return rows.map(usageOf);
    },
  };
}
