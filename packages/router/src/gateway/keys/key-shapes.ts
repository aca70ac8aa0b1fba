// Wallet-signed keys as JSON, the way first-generation clients send and read them.
import { base58 } from "@scure/base";
import type { Static } from "typebox";
import { Type } from "typebox";
import { AimoError } from "@aimo-network/protocol/errors";
import type { KeyContent, Scope, Spending } from "@aimo-network/protocol/keys/key-content";
import { SCOPES } from "@aimo-network/protocol/keys/key-content";
import type { SignedKey } from "@aimo-network/protocol/keys/key-layout";
import { microUsdc } from "@aimo-network/protocol/money";

const Milliseconds = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** What a key says: `usage_limit` in micro-USDC, 0 for none, `"earn_only"` for a key that never spends. */
export const MetadataShape = Type.Object({
  created_at: Milliseconds,
  valid_for: Milliseconds,
  usage_limit: Type.Union([Milliseconds, Type.String({ pattern: "^([0-9]{1,20}|earn_only)$" })]),
  scopes: Type.Array(Type.Enum(SCOPES), { uniqueItems: true }),
});
type Metadata = Static<typeof MetadataShape>;

/** A key taken apart. */
export const KeyShape = Type.Object({
  version: Type.Integer({ minimum: 1, maximum: 2 }),
  wallet: Type.Literal("solana"),
  signer: Type.String({ maxLength: 44, description: "The wallet's public key in base58" }),
  signature: Type.String({ maxLength: 90, description: "In base58" }),
  metadata: MetadataShape,
});
type Key = Static<typeof KeyShape>;

const EARN_ONLY = 2n ** 64n - 1n;

function readSpending(limit: Metadata["usage_limit"]): Spending {
  if (limit === "earn_only" || limit === EARN_ONLY.toString()) return { kind: "earn_only" };
  const amount = BigInt(limit);
  return amount === 0n ? { kind: "unlimited" } : { kind: "limited", limit: microUsdc(amount) };
}

/** Reads a key's content; `tag` is signed in version 2 and free text in version 1. */
export function readKeyContent(metadata: Metadata, version: number, tag: string | undefined): KeyContent {
  const content = {
    createdAtMs: metadata.created_at,
    validForMs: metadata.valid_for,
    spending: readSpending(metadata.usage_limit),
    scopes: metadata.scopes as readonly Scope[],
  };
  if (version === 1) return { version: 1, tag: tag ?? "dev", ...content };
  return { version: 2, ...(tag !== undefined && { tag }), ...content };
}

function writeUsageLimit(spending: Spending): Metadata["usage_limit"] {
  if (spending.kind === "unlimited") return 0;
  if (spending.kind === "earn_only") return "earn_only";
  // First-generation clients read a number; above 2^53 a number would be another amount.
  const digits = spending.limit.toString();
  return digits.length > 15 ? digits : (JSON.parse(digits) as number);
}

/** A key as JSON. */
export function writeKey(key: SignedKey): Key {
  return {
    version: key.version,
    wallet: "solana",
    signer: base58.encode(key.signer),
    signature: base58.encode(key.signature),
    metadata: {
      created_at: key.createdAtMs,
      valid_for: key.validForMs,
      usage_limit: writeUsageLimit(key.spending),
      scopes: [...key.scopes],
    },
  };
}

/** Reads base58 bytes out of a field; throws `invalid_request` naming the field. */
export function readBase58(param: string, text: string): Uint8Array {
  try {
    return base58.decode(text);
  } catch (cause) {
    throw new AimoError("invalid_request", { expected: "base58", found: "other characters", param }, { cause });
  }
}
