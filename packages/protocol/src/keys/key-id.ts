// Names for keys that are safe to log and store: neither leads back to the key.
import { hex } from "@scure/base";
import { withoutSignature } from "./key-layout.ts";
import type { ParsedKey } from "./key-text.ts";

const KEY_ID_BYTES = 16;

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes)));
}

/**
 * The id of a key, 32 hexadecimal digits: the first 16 bytes of SHA-256 of its decoded bytes without the signature, so
 * that neither another unsigned tag nor another signature over the same content makes a new key.
 */
export async function keyId(key: ParsedKey): Promise<string> {
  const digest = await sha256(key.kind === "signed" ? withoutSignature(key) : key.bytes);
  return hex.encode(digest.subarray(0, KEY_ID_BYTES));
}

/** SHA-256 of a bearer's text as hex: all that a router stores of an issued key, and what it caches verified keys by. */
export async function bearerHash(text: string): Promise<string> {
  return hex.encode(await sha256(new TextEncoder().encode(text)));
}
