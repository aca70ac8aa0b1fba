// Writes version 2 keys field by field, also forbidden ones, independently of the code under test.
import { base58 } from "@scure/base";
import type { Wallet } from "../sign-key.ts";

/** The fields of a key as they stand in its bytes, and the words that its message has for them. */
export interface RawKey {
  readonly version: number;
  readonly wallet: number;
  readonly createdAt: bigint;
  readonly validFor: bigint;
  readonly usageLimit: bigint;
  readonly scopes: bigint;
  readonly extensions: readonly number[];
  readonly words: { readonly router: string; readonly scopes: string; readonly tag: string; readonly limit: string };
}

/** A key with the scope `completion_model`, no limit and no tag, valid for 90 days from 2026-11-23T07:00:00Z. */
export function plainKey(router: string): RawKey {
  return {
    version: 2,
    wallet: 0,
    createdAt: BigInt(Date.UTC(2026, 10, 23, 7)),
    validFor: 90n * 86_400_000n,
    usageLimit: 0n,
    scopes: 1n,
    extensions: [],
    words: { router, scopes: "completion_model", tag: "-", limit: "none" },
  };
}

/** The message of a raw key. */
export function rawMessage({ words, createdAt, validFor }: RawKey): string {
  return `AiMo Network API key v2
Router: ${words.router}
Scopes: ${words.scopes}
Tag: ${words.tag}
Spending limit: ${words.limit}
Created: ${new Date(Number(createdAt)).toISOString()}
Expires: ${new Date(Number(createdAt + validFor)).toISOString()}
Anyone holding this key can act for this wallet within these limits.`;
}

/** The bytes of a raw key. */
export function rawBytes(raw: RawKey, signer: Uint8Array, signature: Uint8Array): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(32));
  numbers.setBigInt64(0, raw.createdAt);
  numbers.setBigInt64(8, raw.validFor);
  numbers.setBigUint64(16, raw.usageLimit);
  numbers.setBigUint64(24, raw.scopes);
  const tail = new Uint8Array(numbers.buffer);
  return Uint8Array.from([raw.version, raw.wallet, ...signer, ...signature, ...tail, ...raw.extensions]);
}

/** The bearer of bytes that say version 2. */
export function rawBearer(bytes: Uint8Array): string {
  return `aimo-sk-v2-${base58.encode(bytes)}`;
}

/** The signature of `wallet` over a text. */
export async function signText(wallet: Wallet, text: string): Promise<Uint8Array> {
  return await wallet.sign(new TextEncoder().encode(text));
}

/** A tag extension. */
export function tagExtension(tag: string): readonly number[] {
  return [1, tag.length, ...new TextEncoder().encode(tag)];
}
