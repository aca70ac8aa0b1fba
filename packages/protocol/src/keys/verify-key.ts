// Decides whether a wallet-signed key is good at this router now; nothing but the key itself is asked.
import { base58 } from "@scure/base";
import { assert } from "../assert.ts";
import { AimoError } from "../errors.ts";
import { isSoundSignature, verifyText } from "./ed25519.ts";
import type { Scope, Spending } from "./key-content.ts";
import { keyId } from "./key-id.ts";
import type { SignedKey } from "./key-layout.ts";
import { ANY_ROUTER, firstGenerationJson, firstGenerationSentence, isRouterId, keyMessage } from "./key-message.ts";
import { parseKey } from "./key-text.ts";

/** How far the clock of the machine that made a key may run ahead of the router's. */
const CLOCK_SKEW_MS = 5 * 60 * 1000;

/** Where and when a key is used. */
export interface Verification {
  /** The verifying router's own id. */
  readonly routerId: string;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** A key whose every word its wallet signed; revocations and spent limits are not known here. */
export interface VerifiedKey {
  /** What logs, limits and revocations know the key by (key-id.ts). */
  readonly id: string;
  readonly version: 1 | 2;
  /** The wallet's address in base58. */
  readonly wallet: string;
  readonly scopes: readonly Scope[];
  readonly spending: Spending;
  /** The signed tag of a version 2 key; a version 1 key's tag is unsigned and says nothing. */
  readonly tag?: string;
  readonly createdAtMs: number;
  /** The first moment at which the key is no longer valid. */
  readonly expiresAtMs: number;
  /** A router id, or `ANY_ROUTER`; a version 1 key is bound to none. */
  readonly boundTo: string;
}

function checkTimes({ createdAtMs, validForMs }: SignedKey, nowMs: number): void {
  const aheadMs = createdAtMs - nowMs;
  if (aheadMs > CLOCK_SKEW_MS) {
    const detail = `it was created ${Math.ceil(aheadMs / 1000)} s in the future. Set the clock of the machine that made it, then make a new key.`;
    throw new AimoError("malformed_key", { fault: "from_future", detail });
  }
  const expiresAtMs = createdAtMs + validForMs;
  if (nowMs >= expiresAtMs) throw new AimoError("key_expired", { expiredAt: new Date(expiresAtMs).toISOString() });
}

/** The first router of `key`'s possible messages whose text its signature fits. */
async function findBinding(key: SignedKey, routerId: string): Promise<string | undefined> {
  const candidates =
    key.version === 1
      ? [
          { boundTo: ANY_ROUTER, text: firstGenerationSentence(key) },
          { boundTo: ANY_ROUTER, text: firstGenerationJson(key) },
        ]
      : [routerId, ANY_ROUTER].map((router) => ({ boundTo: router, text: keyMessage(key, router) }));
  for (const { boundTo, text } of candidates) {
    if (await verifyText(key.signer, text, key.signature)) return boundTo;
  }
  return undefined;
}

/**
 * Verifies a key that `parseKey` read as signed. Throws `malformed_key` (created in the future), `key_expired` (from
 * `expiresAtMs` on), `bad_signature`, or `key_for_other_router`: a version 2 key does not say where it is bound, so a
 * damaged one cannot be told from one for another router.
 */
export async function verifySignedKey(key: SignedKey, { routerId, nowMs }: Verification): Promise<VerifiedKey> {
  assert(isRouterId(routerId), "a router verifies keys under its own id");
  checkTimes(key, nowMs); // first, because a stream of old keys should not cost a signature check each
  if (!isSoundSignature(key.signature)) throw new AimoError("bad_signature", {});
  const boundTo = await findBinding(key, routerId);
  if (boundTo === undefined) {
    throw key.version === 1 ? new AimoError("bad_signature", {}) : new AimoError("key_for_other_router", { routerId });
  }
  return {
    id: await keyId(key),
    version: key.version,
    wallet: base58.encode(key.signer),
    scopes: key.scopes,
    spending: key.spending,
    ...(key.version === 2 && key.tag !== undefined && { tag: key.tag }),
    createdAtMs: key.createdAtMs,
    expiresAtMs: key.createdAtMs + key.validForMs,
    boundTo,
  };
}

/** Reads and verifies the bearer of a wallet-signed key; an issued key is `malformed_key`, as only its router knows it. */
export async function verifyKey(text: string, verification: Verification): Promise<VerifiedKey> {
  const key = parseKey(text);
  if (key.kind === "signed") return await verifySignedKey(key, verification);
  const detail =
    "it was issued by a router and carries no signature. Use it at that router, or use a wallet-signed key.";
  throw new AimoError("malformed_key", { fault: "prefix", detail });
}
