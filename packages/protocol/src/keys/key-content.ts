// What a wallet-signed key says, and the rules every such key keeps whether it is read or made (docs/api-keys.md).
import type { KeyFault } from "../errors.ts";
import { AimoError } from "../errors.ts";
import type { MicroUsdc } from "../money.ts";

/** What a key may be used for, in the order of their bits: call and serve models, read the account, issue and revoke keys. */
export const SCOPES = ["completion_model", "account", "keys"] as const;
/** The name of one thing a key may be used for. */
export type Scope = (typeof SCOPES)[number];

/** How much a key may spend over its whole life; an earn-only key serves models and never spends. */
export type Spending =
  | { readonly kind: "unlimited" }
  | { readonly kind: "limited"; readonly limit: MicroUsdc }
  | { readonly kind: "earn_only" };

interface Content {
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly validForMs: number;
  readonly spending: Spending;
  readonly scopes: readonly Scope[];
}

/** A first-generation key; its tag stands in the bearer only and nobody signed it. */
export interface KeyContentV1 extends Content {
  readonly version: 1;
  readonly tag: string;
}

/** A version 2 key; its tag, if it has one, is signed. */
export interface KeyContentV2 extends Content {
  readonly version: 2;
  readonly tag?: string;
}

/** What any wallet-signed key says. */
export type KeyContent = KeyContentV1 | KeyContentV2;

/** The tag in a bearer that says: issued by a router, not signed by a wallet. */
export const ISSUED_TAG = "u1";
/** The tag in the bearer of every version 2 key; a version 1 key may carry it too, then its version byte decides. */
export const VERSION_2_TAG = "v2";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long a version 2 key may be valid, in days: a leap year, so that a forgotten one ends by itself. */
export const VALID_DAYS_MAX = 366;
const TIME_MS_MAX = 8_640_000_000_000_000; // the last moment a Date can hold, in the year 275760
const TAG_V1 = /^[^\s\p{C}-]{1,64}$/u; // free text, but a bearer holds no spaces and `-` ends the tag
const TAG_V2 = /^[a-z0-9_]{1,24}$/;

/** A rule that a key's content breaks: for people, and for the program that asked. */
export interface KeyDefect {
  readonly fault: KeyFault;
  /** The field's name in the specification and in JSON. */
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

function findTimeDefect({ version, createdAtMs, validForMs }: KeyContent): KeyDefect | undefined {
  const fault = "validity";
  if (!Number.isSafeInteger(createdAtMs) || createdAtMs < 0) {
    return { fault, field: "created_at", expected: "milliseconds since 1970", found: `${createdAtMs}` };
  }
  if (!Number.isSafeInteger(validForMs) || validForMs <= 0 || createdAtMs + validForMs > TIME_MS_MAX) {
    const expected = `milliseconds above 0 that end before the year 275760`;
    return { fault, field: "valid_for", expected, found: `${validForMs}` };
  }
  if (version === 2 && validForMs > VALID_DAYS_MAX * DAY_MS) {
    const expected = `at most ${VALID_DAYS_MAX * DAY_MS} milliseconds (${VALID_DAYS_MAX} days) in a version 2 key`;
    return { fault, field: "valid_for", expected, found: `${validForMs}` };
  }
  return undefined;
}

function findSpendingDefect({ version, spending, scopes }: KeyContent): KeyDefect | undefined {
  if (spending.kind === "limited" && spending.limit === 0n) {
    // 0 in the layout means no limit: written down, the smallest budget would become the largest.
    const expected = "a limit of at least 0.000001 USDC, or no limit";
    return { fault: "validity", field: "usage_limit", expected, found: "0" };
  }
  if (spending.kind !== "earn_only") return undefined;
  if (version === 1) {
    return { fault: "version", field: "usage_limit", expected: "version 2 for an earn-only key", found: "version 1" };
  }
  if (scopes.includes("keys")) {
    // Such a key could issue one that spends.
    return { fault: "scope", field: "scopes", expected: "no scope `keys` in an earn-only key", found: "`keys`" };
  }
  return undefined;
}

function findTagDefect(content: KeyContent): KeyDefect | undefined {
  const { version, tag } = content;
  if (tag === undefined || (version === 1 ? TAG_V1.test(tag) && tag !== ISSUED_TAG : TAG_V2.test(tag)))
    return undefined;
  const expected =
    version === 1
      ? `1 to 64 characters without \`-\` and spaces, other than \`${ISSUED_TAG}\``
      : "1 to 24 of the characters a-z, 0-9 and _";
  return { fault: "tag", field: "tag", expected, found: `${tag.length} characters that are not` };
}

/** The first rule that `content` breaks, undefined when it keeps them all. */
export function findDefect(content: KeyContent): KeyDefect | undefined {
  const known: readonly Scope[] = content.version === 1 ? SCOPES.slice(0, 1) : SCOPES;
  const foreign = content.scopes.find((scope) => !known.includes(scope));
  if (foreign !== undefined) {
    const expected = `only ${known.join(", ")} in a version ${content.version} key`;
    return { fault: "scope", field: "scopes", expected, found: foreign };
  }
  return findTimeDefect(content) ?? findSpendingDefect(content) ?? findTagDefect(content);
}

/** Throws `invalid_request` when a key of this content must not be made. */
export function requireMakeable(content: KeyContent): void {
  const defect = findDefect(content);
  if (defect === undefined) return;
  const { field, expected, found } = defect;
  throw new AimoError("invalid_request", { expected, found, param: field });
}
