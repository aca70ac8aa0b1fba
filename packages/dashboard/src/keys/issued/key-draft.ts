// What is typed for an issued key, held to the router's own bounds before it is sent.
import { parseNanoUsdc } from "@aimo-network/protocol/money";
import type { KeyRecord, LimitReset } from "../key-record.ts";
import { ALLOWED_MODELS_MAX, EXPIRY_DAYS_MAX, KEY_NAME_CHARS_MAX } from "../limits.ts";

/** What is typed and chosen. */
export interface KeyDraft {
  readonly name: string;
  /** USDC; empty for no limit. */
  readonly limit: string;
  readonly reset: LimitReset;
  /** `never`, days from now such as `30`, `date` for the day below, or `keep` where a key has its end already. */
  readonly expiry: string;
  /** The last whole day, by UTC, such as `2027-01-31`. */
  readonly lastDay: string;
  /** The only models it may call; null for all. */
  readonly models: readonly string[] | null;
  readonly isDisabled: boolean;
}

/** The draft of a key that is not there yet. */
export const EMPTY_DRAFT: KeyDraft = {
  ...{ name: "", limit: "", reset: null, expiry: "never", lastDay: "", models: null, isDisabled: false },
};

/** What the router is told about a key; left out is what stays as it is. */
export interface KeySettings {
  readonly name?: string;
  readonly disabled?: boolean;
  readonly limit?: string | null;
  readonly limit_reset?: LimitReset;
  readonly expires_at?: string | null;
  readonly allowed_models?: string[] | null;
}

/** What is wrong with a draft, by field; for people. */
export type KeyFaults = { readonly [Field in "name" | "limit" | "expiry" | "lastDay" | "models"]?: string };

/** A draft that was read. */
export type ReadKey =
  | { readonly kind: "good"; readonly settings: KeySettings & { readonly name: string } }
  | { readonly kind: "faulty"; readonly faults: KeyFaults };

const DAY_MS = 24 * 60 * 60 * 1_000;

/** The draft that says what a key already says. */
export function draftOf({
  name,
  aimo,
  limit_reset: reset,
  expires_at: end,
  allowed_models: models,
  disabled,
}: KeyRecord): KeyDraft {
  return {
    name,
    limit: aimo.limit ?? "",
    reset,
    expiry: end === null ? "never" : "keep",
    lastDay: "",
    models,
    isDisabled: disabled,
  };
}

function limitOf(text: string): string | null | undefined {
  if (text.trim() === "") return null;
  try {
    parseNanoUsdc(text.trim());
    return text.trim();
  } catch {
    return undefined;
  }
}

/** The end of a day by UTC; undefined for what is no day. */
function endOfDay(day: string): number | undefined {
  const startMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  // The 30th of February is another day to some parsers.
  return !Number.isNaN(startMs) && new Date(startMs).toISOString().startsWith(day) ? startMs + DAY_MS : undefined;
}

type Expiry = { readonly faults: KeyFaults } | { readonly expiresAt: string | null | undefined };

function expiryOf({ expiry, lastDay }: KeyDraft, nowMs: number): Expiry {
  if (expiry === "keep") return { expiresAt: undefined };
  if (expiry === "never") return { expiresAt: null };
  const endMs = expiry === "date" ? endOfDay(lastDay) : nowMs + Number.parseInt(expiry, 10) * DAY_MS;
  if (endMs === undefined || Number.isNaN(endMs) || endMs <= nowMs || endMs > nowMs + EXPIRY_DAYS_MAX * DAY_MS) {
    return { faults: { [expiry === "date" ? "lastDay" : "expiry"]: "Expected today or a day to come." } };
  }
  return { expiresAt: new Date(endMs).toISOString() };
}

function faultOfModels(models: KeyDraft["models"]): string | undefined {
  if (models === null || (models.length > 0 && models.length <= ALLOWED_MODELS_MAX)) return undefined;
  return `Expected 1 to ${ALLOWED_MODELS_MAX} models, found ${models.length}. Choose some, or allow all.`;
}

/** Reads a draft into what the router is told. */
export function readKey(draft: KeyDraft, nowMs: number): ReadKey {
  const name = draft.name.trim();
  const isName = name !== "" && name.length <= KEY_NAME_CHARS_MAX && name.isWellFormed() && !/\p{Cc}/u.test(name);
  const limit = limitOf(draft.limit);
  const end = expiryOf(draft, nowMs);
  const modelsFault = faultOfModels(draft.models);
  if (!isName || limit === undefined || "faults" in end || modelsFault !== undefined) {
    return {
      kind: "faulty",
      faults: {
        ...(!isName && { name: `Expected 1 to ${KEY_NAME_CHARS_MAX} characters on one line.` }),
        ...(limit === undefined && {
          limit: "Expected USDC with at most 9 decimals, such as 10 or 2.50, or nothing for no limit.",
        }),
        ...("faults" in end && end.faults),
        ...(modelsFault !== undefined && { models: modelsFault }),
      },
    };
  }
  const settings = {
    name,
    disabled: draft.isDisabled,
    limit,
    limit_reset: limit === null ? null : draft.reset, // without a limit there is nothing to begin anew
    ...(end.expiresAt !== undefined && { expires_at: end.expiresAt }),
    allowed_models: draft.models === null ? null : [...draft.models],
  };
  return { kind: "good", settings };
}

/** What of the settings differs from what a key already says; an untouched limit is not sent, so that nothing is counted anew. */
export function changesOf(record: KeyRecord, settings: KeySettings): KeySettings {
  const before = {
    name: record.name,
    disabled: record.disabled,
    limit: record.aimo.limit,
    limit_reset: record.limit_reset,
    expires_at: record.expires_at,
    allowed_models: record.allowed_models,
  };
  const differs = ([name, value]: [string, unknown]): boolean =>
    name === "limit"
      ? !isSameAmount(before.limit, value as string | null)
      : JSON.stringify(value) !== JSON.stringify(before[name as keyof typeof before]);
  return Object.fromEntries(Object.entries(settings).filter(differs));
}

function isSameAmount(one: string | null, other: string | null): boolean {
  if (one === null || other === null) return one === other;
  return parseNanoUsdc(one) === parseNanoUsdc(other);
}
