// The texts that wallets sign for keys and revocations, byte for byte as docs/api-keys.md shows them.
import { base58 } from "@scure/base";
import { AimoError } from "../errors.ts";
import { formatMicroUsdcFixed } from "../money.ts";
import { POINT_BYTES } from "./ed25519.ts";
import { requireMakeable, SCOPES } from "./key-content.ts";
import type { KeyContentV1, KeyContentV2, Spending } from "./key-content.ts";

/** In place of a router id: the key works at every router. */
export const ANY_ROUTER = "any";

const ROUTER_ID_CHARS_MAX = 44; // 32 bytes in base58 are never longer
const BASE58 = /^[1-9A-HJ-NP-Za-km-z]+$/;

/** Whether `text` is a router's id: an Ed25519 public key (32 bytes) in base58. */
export function isRouterId(text: string): boolean {
  return text.length <= ROUTER_ID_CHARS_MAX && BASE58.test(text) && base58.decode(text).length === POINT_BYTES;
}

// A line break smuggled into the message would let a page show the wallet's owner lines that mean nothing.
function requireRouter(router: string, expected: string, isAllowed: boolean): void {
  if (isAllowed) return;
  throw new AimoError("invalid_request", { expected, found: `${router.length} other characters`, param: "router" });
}

function describeSpending(spending: Spending): string {
  if (spending.kind === "unlimited") return "none";
  return spending.kind === "earn_only" ? "earn only" : `${formatMicroUsdcFixed(spending.limit)} USDC`;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/**
 * The text a wallet signs for a version 2 key, bound to the router of that id or to `ANY_ROUTER`; throws
 * `invalid_request` for content or a router that no key may have.
 */
export function keyMessage(content: KeyContentV2, router: string): string {
  requireMakeable(content);
  requireRouter(router, "a router id in base58, or `any`", router === ANY_ROUTER || isRouterId(router));
  return [
    "AiMo Network API key v2",
    `Router: ${router}`,
    `Scopes: ${SCOPES.filter((scope) => content.scopes.includes(scope)).join(", ")}`,
    `Tag: ${content.tag ?? "-"}`,
    `Spending limit: ${describeSpending(content.spending)}`,
    `Created: ${isoTime(content.createdAtMs)}`,
    `Expires: ${isoTime(content.createdAtMs + content.validForMs)}`,
    "Anyone holding this key can act for this wallet within these limits.",
  ].join("\n");
}

function usageLimitOf(content: KeyContentV1): bigint {
  return content.spending.kind === "limited" ? content.spending.limit : 0n;
}

/** The text the first-generation web console signs: JSON with its names in order and no spaces. */
export function firstGenerationJson(content: KeyContentV1): string {
  requireMakeable(content);
  const scopes = content.scopes.includes("completion_model") ? '"completion_model"' : "";
  return `{"created_at":${content.createdAtMs},"scopes":[${scopes}],"usage_limit":${usageLimitOf(content)},"valid_for":${content.validForMs}}`;
}

/** The text the first-generation command line signs. */
export function firstGenerationSentence(content: KeyContentV1): string {
  requireMakeable(content);
  const scopes = content.scopes.includes("completion_model") ? "CompletionModel" : "";
  return `Created at ${content.createdAtMs}; valid for ${content.validForMs}; usage limit ${usageLimitOf(content)}; scopes [${scopes}]`;
}

/** What a revocation names: one key, at one router, at one time. */
export interface Revocation {
  readonly keyId: string;
  readonly routerId: string;
  /** Milliseconds since 1970; the router decides how old a revocation it accepts. */
  readonly dateMs: number;
}

const KEY_ID = /^[0-9a-f]{32}$/;

/** The text a wallet signs to revoke a key at one router; throws `invalid_request` for what is no id or no time. */
export function revocationMessage({ keyId, routerId, dateMs }: Revocation): string {
  if (!KEY_ID.test(keyId)) {
    const expected = "a key id of 32 hexadecimal digits";
    throw new AimoError("invalid_request", { expected, found: `${keyId.length} other characters`, param: "key" });
  }
  requireRouter(routerId, "a router id in base58", isRouterId(routerId));
  const date = new Date(dateMs);
  if (Number.isNaN(date.getTime())) {
    throw new AimoError("invalid_request", { expected: "milliseconds since 1970", found: `${dateMs}`, param: "date" });
  }
  return `AiMo Network revoke API key\nKey: ${keyId}\nRouter: ${routerId}\nDate: ${date.toISOString()}`;
}
