// Keys as OpenRouter's clients read them: amounts are JSON numbers in USDC with exactly the ledger's digits.
import type { Static } from "typebox";
import { Type } from "typebox";
import type { NanoUsdc } from "@aimo-network/protocol/money";
import { formatNanoUsdc } from "@aimo-network/protocol/money";
import type { KeyRecord } from "../../accounts/key-record.ts";
import { exactNumber } from "../json-number.ts";

const Usdc = Type.Number({ description: "USDC" });
const OrNull = { usdc: Type.Union([Usdc, Type.Null()]), text: Type.Union([Type.String(), Type.Null()]) };
const Time = Type.Union([Type.String({ format: "date-time" }), Type.Null()]);
const Models = Type.Union([Type.Array(Type.String()), Type.Null()], {
  description: "The only models it may call, `author/slug`; null for all",
});

const ACCOUNT_SHAPE = {
  limit: OrNull.usdc,
  limit_remaining: Type.Union([Usdc, Type.Null()], {
    description: "Within its issuer's limit too; what is locked for running requests counts as spent",
  }),
  limit_reset: OrNull.text,
  include_byok_in_limit: Type.Literal(false),
  usage: Type.Number({ description: "USDC charged, also to the keys that it issued" }),
  usage_daily: Usdc,
  usage_weekly: Usdc,
  usage_monthly: Usdc,
  byok_usage: Type.Literal(0),
  byok_usage_daily: Type.Literal(0),
  byok_usage_weekly: Type.Literal(0),
  byok_usage_monthly: Type.Literal(0),
  creator_user_id: Type.String({ description: "The wallet" }),
  expires_at: Time,
  allowed_models: Models,
};

const ExactUsdc = Type.String({ description: "USDC" });
const ExactOrNull = Type.Union([ExactUsdc, Type.Null()]);

/** What OpenRouter's shape has no room for: what the key is, and the amounts as strings, which no reader rounds. */
const AimoKeyShape = Type.Object({
  kind: Type.Enum(["issued", "signed", "console"], {
    description: "Issued by this router, signed by the wallet, or what its sessions pay with, which is no key to hold",
  }),
  earn_only: Type.Boolean({ description: "Serves models and never spends" }),
  limit: ExactOrNull,
  limit_remaining: ExactOrNull,
  usage: ExactUsdc,
  usage_daily: ExactUsdc,
  usage_weekly: ExactUsdc,
  usage_monthly: ExactUsdc,
});

/** A key in the list of its wallet. */
export const IssuedKeyShape = Type.Object({
  hash: Type.String({ description: "The key's id" }),
  name: Type.String(),
  label: Type.String(),
  disabled: Type.Boolean({ description: "Disabled, or revoked for good" }),
  ...ACCOUNT_SHAPE,
  created_at: Type.String({ format: "date-time" }),
  updated_at: Time,
  last_used_at: Time,
  revoked_at: Time,
  workspace_id: Type.String(),
  aimo: AimoKeyShape,
});

/** A key as it reads about itself. */
export const OwnKeyShape = Type.Object({
  hash: Type.String({ description: "The key's id" }),
  label: Type.String(),
  ...ACCOUNT_SHAPE,
  is_free_tier: Type.Boolean({ description: "Whether its wallet has never deposited" }),
  is_management_key: Type.Boolean(),
  is_provisioning_key: Type.Boolean(),
  rate_limit: Type.Object({ requests: Type.Integer(), interval: Type.String(), note: Type.String() }),
});

const NO_WORKSPACE = "00000000-0000-0000-0000-000000000000"; // here a wallet has one set of keys
const NO_RATE_LIMIT = { requests: -1, interval: "10s", note: "Answers say what is left in their x-ratelimit headers." };

function usdc(amount: NanoUsdc): unknown {
  return exactNumber(formatNanoUsdc(amount));
}

function usdcOrNull(amount: NanoUsdc | undefined): unknown {
  return amount === undefined ? null : usdc(amount);
}

function timeOrNull(time: Date | undefined): string | null {
  return time?.toISOString() ?? null;
}

/** What logs and lists call a key: its name, or its id where it has none. */
function labelOf({ name, id }: KeyRecord): string {
  return name === "" ? id : name;
}

function accountJson(record: KeyRecord): object {
  const { limit, limitLeft, limitReset, usage, wallet, expiresAt, allowedModels } = record;
  return {
    limit: usdcOrNull(limit),
    limit_remaining: usdcOrNull(limitLeft),
    limit_reset: limitReset ?? null,
    include_byok_in_limit: false,
    usage: usdc(usage.total),
    usage_daily: usdc(usage.day),
    usage_weekly: usdc(usage.week),
    usage_monthly: usdc(usage.month),
    byok_usage: 0,
    byok_usage_daily: 0,
    byok_usage_weekly: 0,
    byok_usage_monthly: 0,
    creator_user_id: wallet,
    expires_at: timeOrNull(expiresAt),
    allowed_models: allowedModels ?? null,
  };
}

function aimoJson({ kind, isEarnOnly, limit, limitLeft, usage }: KeyRecord): Static<typeof AimoKeyShape> {
  return {
    kind,
    earn_only: isEarnOnly,
    limit: limit === undefined ? null : formatNanoUsdc(limit),
    limit_remaining: limitLeft === undefined ? null : formatNanoUsdc(limitLeft),
    usage: formatNanoUsdc(usage.total),
    usage_daily: formatNanoUsdc(usage.day),
    usage_weekly: formatNanoUsdc(usage.week),
    usage_monthly: formatNanoUsdc(usage.month),
  };
}

/** A record as a member of the list. */
export function issuedKeyJson(record: KeyRecord): object {
  const { id, name, isDisabled, revokedAt, createdAt, updatedAt, lastUsedAt } = record;
  return {
    hash: id,
    name,
    label: labelOf(record),
    disabled: isDisabled || revokedAt !== undefined,
    ...accountJson(record),
    created_at: createdAt.toISOString(),
    updated_at: timeOrNull(updatedAt),
    last_used_at: timeOrNull(lastUsedAt),
    revoked_at: timeOrNull(revokedAt),
    workspace_id: NO_WORKSPACE,
    aimo: aimoJson(record),
  };
}

/** A record as its own key reads it. */
export function ownKeyJson(record: KeyRecord, isManagementKey: boolean): object {
  return {
    hash: record.id,
    label: labelOf(record),
    ...accountJson(record),
    is_free_tier: !record.hasDeposited,
    is_management_key: isManagementKey,
    is_provisioning_key: isManagementKey,
    rate_limit: NO_RATE_LIMIT,
  };
}
