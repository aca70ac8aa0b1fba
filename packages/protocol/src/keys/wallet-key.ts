// A wallet's private key as Solana's tools keep it in a file, and as wallets export it: its bytes are in no error.
import { base58, base64urlnopad, hex } from "@scure/base";
import { assert } from "../assert.ts";
import { POINT_BYTES } from "./ed25519.ts";
import type { Wallet } from "./sign-key.ts";

const SEED_BYTES = 32;
/** Bytes of a wallet's key: the seed, then the public key that follows from it. */
const WALLET_KEY_BYTES = SEED_BYTES + POINT_BYTES;
/** Characters of a key's text, 255 bytes with spaces and line breaks between them; nothing longer is looked at. */
export const WALLET_KEY_CHARS_MAX = 1_024;
const PKCS8_HEAD = hex.decode("302e020100300506032b657004220420"); // RFC 8410: what precedes a seed in PKCS #8
const OTHERS = 0o077;

/** A wallet whose private key this program holds. */
export interface KeyWallet extends Wallet {
  /** Its address in base58. */
  readonly address: string;
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
}

/** The 64 bytes in a key file of Solana's command line, a JSON array; undefined for anything else. */
export function parseKeyFile(text: string): Uint8Array | undefined {
  if (text.length > WALLET_KEY_CHARS_MAX) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const isKey = Array.isArray(value) && value.length === WALLET_KEY_BYTES && value.every((byte) => isByte(byte));
    return isKey ? Uint8Array.from(value) : undefined;
  } catch {
    return undefined; // what the parser says quotes the text, and so the secret
  }
}

/** The 64 bytes in what a wallet exports, base58 as Phantom has it or a key file's text; undefined for anything else. */
export function parseExportedKey(text: string): Uint8Array | undefined {
  const trimmed = text.trim();
  if (trimmed.length > WALLET_KEY_CHARS_MAX || trimmed === "") return undefined;
  try {
    const bytes = base58.decode(trimmed);
    return bytes.length === WALLET_KEY_BYTES ? bytes : undefined;
  } catch {
    return parseKeyFile(trimmed);
  }
}

/** Writes a key as a file of Solana's command line holds it. */
export function formatKeyFile(key: Uint8Array): string {
  assert(key.length === WALLET_KEY_BYTES, "a wallet's key has 64 bytes");
  return `[${key.join(",")}]\n`;
}

async function importSeed(seed: Uint8Array) {
  const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...seed]);
  const readable = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", readable);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
  return { privateKey, publicKey: base64urlnopad.decode(x) };
}

/** The key that a seed of 32 random bytes makes: the seed, then its public key. */
export async function keyOfSeed(seed: Uint8Array): Promise<Uint8Array> {
  assert(seed.length === SEED_BYTES, "a wallet's seed has 32 bytes");
  const { publicKey } = await importSeed(seed);
  return Uint8Array.from([...seed, ...publicKey]);
}

/** The wallet of a key's 64 bytes; undefined where its public half is not that of its seed. */
export async function walletOfKey(key: Uint8Array): Promise<KeyWallet | undefined> {
  if (key.length !== WALLET_KEY_BYTES) return undefined;
  const { privateKey, publicKey } = await importSeed(key.subarray(0, SEED_BYTES));
  if (publicKey.some((byte, index) => byte !== key[SEED_BYTES + index])) return undefined;
  return {
    publicKey,
    address: base58.encode(publicKey),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, new Uint8Array(message))),
  };
}

/** Whether a file of this mode is open to others than its owner; Windows has no modes to ask about. */
export function isOpenToOthers(mode: number): boolean {
  return (mode & OTHERS) !== 0;
}
