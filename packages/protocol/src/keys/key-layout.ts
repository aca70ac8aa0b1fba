// The bytes of a wallet-signed key, big-endian: docs/api-keys.md has the table that the offsets below follow.
import { AimoError, isAimoError } from "../errors.ts";
import type { KeyFault } from "../errors.ts";
import { microUsdc } from "../money.ts";
import { isSoundPoint, POINT_BYTES, SIGNATURE_BYTES } from "./ed25519.ts";
import { findDefect, SCOPES, VERSION_2_TAG } from "./key-content.ts";
import type { KeyContent, Scope, Spending } from "./key-content.ts";

const SIGNER_AT = 2;
const SIGNATURE_AT = SIGNER_AT + POINT_BYTES;
const CREATED_AT = SIGNATURE_AT + SIGNATURE_BYTES;
const VALID_FOR_AT = CREATED_AT + 8;
const USAGE_LIMIT_AT = VALID_FOR_AT + 8;
const SCOPES_AT = USAGE_LIMIT_AT + 8;
const EXTENSIONS_AT = SCOPES_AT + 8;

const WALLET_SOLANA = 0;
const EXTENSION_TAG = 1;
const EARN_ONLY = 2n ** 64n - 1n;

/** A wallet-signed key as read: its form is right, its signature not yet checked. */
export type SignedKey = KeyContent & {
  readonly kind: "signed";
  /** The wallet's Ed25519 public key. */
  readonly signer: Uint8Array;
  readonly signature: Uint8Array;
  /** The whole key as its bearer spells it in base58. */
  readonly bytes: Uint8Array;
};

function malformed(fault: KeyFault, detail: string, cause?: unknown): AimoError<"malformed_key"> {
  return new AimoError("malformed_key", { fault, detail }, { cause });
}

function readSpending(version: 1 | 2, usageLimit: bigint): Spending {
  if (usageLimit === 0n) return { kind: "unlimited" };
  if (version === 2 && usageLimit === EARN_ONLY) return { kind: "earn_only" };
  try {
    return { kind: "limited", limit: microUsdc(usageLimit) };
  } catch (error) {
    if (!isAimoError(error, "invalid_amount")) throw error;
    throw malformed("validity", "its usage limit is larger than any amount can be. Make a new key.", error);
  }
}

function readScopes(version: 1 | 2, bitmap: bigint): readonly Scope[] {
  const known = version === 1 ? 1 : SCOPES.length;
  if (bitmap >> BigInt(known) !== 0n) {
    throw malformed("scope", `it has a scope that version ${version} does not know. Make a new key.`);
  }
  return SCOPES.filter((_, bit) => (bitmap & (1n << BigInt(bit))) !== 0n);
}

function readTagExtension(bytes: Uint8Array): string | undefined {
  let tag: string | undefined;
  let previous = -1;
  let offset = EXTENSIONS_AT;
  while (offset < bytes.length) {
    const [type, length] = bytes.subarray(offset, offset + 2);
    if (type === undefined || length === undefined || offset + 2 + length > bytes.length) {
      throw malformed("extension", "its last extension is cut short. Copy the whole key again.");
    }
    if (type <= previous) throw malformed("extension", "its extensions are not in ascending order. Make a new key.");
    if (type !== EXTENSION_TAG) {
      throw malformed(
        "extension",
        `it has an extension of the unknown type ${type}. Make a new key, or update this program.`,
      );
    }
    tag = String.fromCharCode(...bytes.subarray(offset + 2, offset + 2 + length));
    previous = type;
    offset += 2 + length;
  }
  return tag;
}

function readVersion(bytes: Uint8Array, bearerTag: string): 1 | 2 {
  if (bytes.length < EXTENSIONS_AT) {
    throw malformed(
      "length",
      `expected at least ${EXTENSIONS_AT} bytes after the last \`-\`, found ${bytes.length}. Copy the whole key again.`,
    );
  }
  const version = bytes[0];
  if (version !== 1 && version !== 2) {
    throw malformed(
      "version",
      `expected version 1 or 2, found ${version}. Copy the whole key again, or update this program.`,
    );
  }
  if (version === 1 && bytes.length > EXTENSIONS_AT) {
    throw malformed(
      "length",
      `expected exactly ${EXTENSIONS_AT} bytes in a version 1 key, found ${bytes.length}. Copy the key again.`,
    );
  }
  if (version === 2 && bearerTag !== VERSION_2_TAG) {
    throw malformed("tag", `a version 2 key starts with \`aimo-sk-${VERSION_2_TAG}-\`. Copy the key as it was made.`);
  }
  return version;
}

function readSigner(bytes: Uint8Array): Uint8Array {
  const wallet = bytes[1];
  if (wallet !== WALLET_SOLANA) {
    throw malformed(
      "wallet",
      `expected wallet kind ${WALLET_SOLANA} (Solana), found ${wallet}. Copy the whole key again; only Solana wallets make keys.`,
    );
  }
  const signer = bytes.subarray(SIGNER_AT, SIGNATURE_AT);
  if (!isSoundPoint(signer)) {
    throw malformed("wallet", "its signer is no wallet's public key (not canonical, or of low order). Make a new key.");
  }
  return signer;
}

/** Reads the bytes of a key whose bearer carries `bearerTag`; throws `malformed_key` with the fault and what to do. */
export function decodeKey(bytes: Uint8Array, bearerTag: string): SignedKey {
  const version = readVersion(bytes, bearerTag);
  const signer = readSigner(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields = {
    // A number above 2^53 is inexact, but then it is also no safe integer, which is one of the rules checked below.
    createdAtMs: Number(view.getBigInt64(CREATED_AT)),
    validForMs: Number(view.getBigInt64(VALID_FOR_AT)),
    spending: readSpending(version, view.getBigUint64(USAGE_LIMIT_AT)),
    scopes: readScopes(version, view.getBigUint64(SCOPES_AT)),
  };
  const signedTag = version === 2 ? readTagExtension(bytes) : undefined;
  const content: KeyContent =
    version === 1
      ? { version, tag: bearerTag, ...fields }
      : { version, ...fields, ...(signedTag !== undefined && { tag: signedTag }) };
  const defect = findDefect(content);
  if (defect !== undefined) {
    const { fault, field, expected, found } = defect;
    throw malformed(fault, `\`${field}\`: expected ${expected}, found ${found}. Make a new key.`);
  }
  return { ...content, kind: "signed", signer, signature: bytes.subarray(SIGNATURE_AT, CREATED_AT), bytes };
}

function usageLimitOf(spending: Spending): bigint {
  if (spending.kind === "unlimited") return 0n;
  return spending.kind === "earn_only" ? EARN_ONLY : spending.limit;
}

/** Writes the bytes of a key: the exact inverse of `decodeKey` for content that `requireMakeable` accepts. */
export function encodeKey(content: KeyContent, signer: Uint8Array, signature: Uint8Array): Uint8Array {
  const tag = content.version === 2 && content.tag !== undefined ? new TextEncoder().encode(content.tag) : undefined;
  const bytes = new Uint8Array(EXTENSIONS_AT + (tag === undefined ? 0 : 2 + tag.length));
  const view = new DataView(bytes.buffer);
  view.setUint8(0, content.version);
  view.setUint8(1, WALLET_SOLANA);
  bytes.set(signer, SIGNER_AT);
  bytes.set(signature, SIGNATURE_AT);
  view.setBigInt64(CREATED_AT, BigInt(content.createdAtMs));
  view.setBigInt64(VALID_FOR_AT, BigInt(content.validForMs));
  view.setBigUint64(USAGE_LIMIT_AT, usageLimitOf(content.spending));
  const bitmap = SCOPES.reduce(
    (bits, scope, bit) => (content.scopes.includes(scope) ? bits | (1n << BigInt(bit)) : bits),
    0n,
  );
  view.setBigUint64(SCOPES_AT, bitmap);
  if (tag !== undefined) bytes.set([EXTENSION_TAG, tag.length, ...tag], EXTENSIONS_AT);
  return bytes;
}

/** The bytes of a wallet-signed key that its id is made of: everything but the signature. */
export function withoutSignature(key: SignedKey): Uint8Array {
  const rest = new Uint8Array(key.bytes.length - SIGNATURE_BYTES);
  rest.set(key.bytes.subarray(0, SIGNATURE_AT));
  rest.set(key.bytes.subarray(CREATED_AT), SIGNATURE_AT);
  return rest;
}
