// What a key has spent of what it may: exact texts, and a bar's width out of integers alone.
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { KeyRecord, LimitReset } from "../key-record.ts";

/** What is shown of a key's spending; amounts are decimal USDC. */
export interface Spent {
  /** Charged since the limit began anew, or ever. */
  readonly spent: string;
  readonly limit: string | null;
  /** The bar's part that is full, as CSS takes it; undefined without a limit. */
  readonly width: string | undefined;
  /** How near the limit is: `full` from the whole of it on, `near` from nine tenths. */
  readonly level: "easy" | "near" | "full";
  /** All digits, in a sentence. */
  readonly title: string;
}

const WINDOW_WORDS = { daily: "today", weekly: "this week", monthly: "this month" } as const;
const NEAR_PERMILLE = 900n;
const WHOLE = 1_000n;

/** The words behind an amount that a limit's rhythm asks for: `this week`, by UTC; `in all` without one. */
export function windowWords(reset: LimitReset): string {
  return reset === null ? "in all" : WINDOW_WORDS[reset];
}

function spentIn(aimo: KeyRecord["aimo"], reset: LimitReset): string {
  if (reset === null) return aimo.usage;
  return { daily: aimo.usage_daily, weekly: aimo.usage_weekly, monthly: aimo.usage_monthly }[reset];
}

function permilleOf(spent: bigint, limit: bigint): bigint {
  if (spent >= limit) return WHOLE;
  const permille = (spent * WHOLE) / limit;
  return permille === 0n && spent > 0n ? 1n : permille; // a bar that shows nothing would say that nothing was spent
}

/** The spending of a key; undefined for a key that never spends. */
export function spentOf({ aimo, limit_reset: reset }: KeyRecord): Spent | undefined {
  if (aimo.earn_only) return undefined;
  const spent = spentIn(aimo, reset);
  const words = windowWords(reset);
  if (aimo.limit === null) {
    return { spent, limit: null, width: undefined, level: "easy", title: `${spent} USDC charged ${words}, no limit` };
  }
  const permille = permilleOf(parseNanoUsdc(spent), parseNanoUsdc(aimo.limit));
  const left = aimo.limit_remaining ?? "0";
  return {
    spent,
    limit: aimo.limit,
    width: `${permille / 10n}.${permille % 10n}%`,
    level: permille === WHOLE ? "full" : permille >= NEAR_PERMILLE ? "near" : "easy",
    title: `${spent} of ${aimo.limit} USDC charged ${words}; ${left} USDC may still be spent, what is locked for running requests not counted`,
  };
}
