// A key of the wallet as the router lists it, and what can be said of it at a moment.

/** How often a limit begins anew, by UTC; null where it counts for the key's whole life. */
export type LimitReset = "daily" | "weekly" | "monthly" | null;

/** A key in the router's list; amounts are decimal USDC. */
export interface KeyRecord {
  /** The key's id, 32 hexadecimal digits. */
  readonly hash: string;
  /** The name of an issued key, the tag of a signed one; empty for none. */
  readonly name: string;
  /** Disabled, or revoked for good. */
  readonly disabled: boolean;
  readonly limit_reset: LimitReset;
  readonly expires_at: string | null;
  readonly allowed_models: readonly string[] | null;
  readonly created_at: string;
  readonly last_used_at: string | null;
  readonly revoked_at: string | null;
  readonly aimo: {
    readonly kind: "issued" | "signed" | "console";
    readonly earn_only: boolean;
    readonly limit: string | null;
    readonly limit_remaining: string | null;
    readonly usage: string;
    readonly usage_daily: string;
    readonly usage_weekly: string;
    readonly usage_monthly: string;
  };
}

/** What a key can be. */
export type KeyKind = "api" | "provider" | "wallet" | "playground";

/** What a key is: issued for calling, signed for serving only, signed for anything, or the playground's own. */
export function kindOf({ aimo }: KeyRecord): KeyKind {
  if (aimo.kind === "issued") return "api";
  if (aimo.kind === "console") return "playground";
  return aimo.earn_only ? "provider" : "wallet";
}

/** Whether requests with a key are answered, and if not, why. */
export type KeyState = "active" | "disabled" | "expired" | "revoked";

/** How a key is at a moment; what ended it for good comes before what may change again. */
export function stateOf(
  { revoked_at: revokedAt, expires_at: expiresAt, disabled }: KeyRecord,
  nowMs: number,
): KeyState {
  if (revokedAt !== null) return "revoked";
  if (expiresAt !== null && Date.parse(expiresAt) <= nowMs) return "expired";
  return disabled ? "disabled" : "active";
}

/** What a key is called where one has to be named: its name, or the beginning of its id. */
export function nameOf({ name, hash, aimo }: KeyRecord): string {
  if (aimo.kind === "console") return "Playground";
  return name === "" ? shortKeyId(hash) : name;
}

/** The beginning and the end of a key's id: `beee7c29…757c4b`. */
export function shortKeyId(hash: string): string {
  return `${hash.slice(0, 8)}…${hash.slice(-6)}`;
}
