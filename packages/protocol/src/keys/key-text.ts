// The bearer text of a key: its prefix, its tag and base58, for all three kinds of key.
import { base58 } from "@scure/base";
import { assert } from "../assert.ts";
import { AimoError } from "../errors.ts";
import { KEY_CHARS_MAX } from "../limits.ts";
import { isSoundPoint, SIGNATURE_BYTES } from "./ed25519.ts";
import { ISSUED_TAG, requireMakeable, VERSION_2_TAG } from "./key-content.ts";
import type { KeyContent } from "./key-content.ts";
import { decodeKey, encodeKey } from "./key-layout.ts";
import type { SignedKey } from "./key-layout.ts";

const PREFIX = "aimo-sk-";
/** Bytes of an issued key's secret: as hard to guess as a wallet's key. */
const ISSUED_SECRET_BYTES = 32;

/** A key that a router issued: only that router, which stores its hash, knows what it may do. */
export interface IssuedKey {
  readonly kind: "issued";
  readonly bytes: Uint8Array;
}

/** A key as its text says it, before any signature or store was asked. */
export type ParsedKey = SignedKey | IssuedKey;

function decodeBase58(text: string): Uint8Array {
  try {
    return base58.decode(text);
  } catch (cause) {
    // The library names the letter it stumbled over; a key's characters belong in no message, so it stays the cause only.
    const detail = "the part after the last `-` has a character that is not base58. Copy the whole key again.";
    throw new AimoError("malformed_key", { fault: "base58", detail }, { cause });
  }
}

function splitText(text: string): { tag: string; encoded: string } {
  if (!text.startsWith(PREFIX)) {
    const detail = `it does not start with \`${PREFIX}\`. Copy the whole key, from \`${PREFIX}\` to its end.`;
    throw new AimoError("malformed_key", { fault: "prefix", detail });
  }
  if (text.length > KEY_CHARS_MAX) {
    const detail = `expected at most ${KEY_CHARS_MAX} characters, found ${text.length}. Copy only the key.`;
    throw new AimoError("malformed_key", { fault: "length", detail });
  }
  const end = text.indexOf("-", PREFIX.length);
  if (end === -1) {
    const detail = `it has no tag between \`${PREFIX}\` and a further \`-\`. Copy the whole key again.`;
    throw new AimoError("malformed_key", { fault: "tag", detail });
  }
  return { tag: text.slice(PREFIX.length, end), encoded: text.slice(end + 1) };
}

/**
 * Reads a bearer key of any kind. Throws `missing_key` for an empty text, else `malformed_key` with the fault and what to
 * do; never anything else, whatever the text.
 */
export function parseKey(text: string): ParsedKey {
  if (text === "") throw new AimoError("missing_key", {});
  const { tag, encoded } = splitText(text);
  const bytes = decodeBase58(encoded);
  if (tag !== ISSUED_TAG) return decodeKey(bytes, tag);
  if (bytes.length !== ISSUED_SECRET_BYTES) {
    const detail = `expected ${ISSUED_SECRET_BYTES} bytes in an issued key, found ${bytes.length}. Copy the whole key again.`;
    throw new AimoError("malformed_key", { fault: "length", detail });
  }
  return { kind: "issued", bytes };
}

/** Writes a wallet-signed key as its bearer text; throws `invalid_request` when no key may say `content`. */
export function formatSignedKey(content: KeyContent, signer: Uint8Array, signature: Uint8Array): string {
  requireMakeable(content);
  if (!isSoundPoint(signer)) {
    const expected = "the 32-byte Ed25519 public key of a wallet";
    throw new AimoError("invalid_request", {
      expected,
      found: `${signer.length} bytes that are none`,
      param: "signer",
    });
  }
  if (signature.length !== SIGNATURE_BYTES) {
    const expected = `a signature of ${SIGNATURE_BYTES} bytes`;
    throw new AimoError("invalid_request", { expected, found: `${signature.length} bytes`, param: "signature" });
  }
  const tag = content.version === 1 ? content.tag : VERSION_2_TAG;
  return `${PREFIX}${tag}-${base58.encode(encodeKey(content, signer, signature))}`;
}

/** Writes an issued key as its bearer text; `secret` is 32 random bytes. */
export function formatIssuedKey(secret: Uint8Array): string {
  assert(secret.length === ISSUED_SECRET_BYTES, "an issued key's secret has 32 bytes");
  return `${PREFIX}${ISSUED_TAG}-${base58.encode(secret)}`;
}
