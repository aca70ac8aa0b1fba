// The wallet that pays for examining: a key file in the data directory, made at the first start, in the format of Solana's tools.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { base58, base64urlnopad } from "@scure/base";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { readOrMake } from "../make-once.ts";

/** A wallet of this router's own. */
export interface InspectorWallet extends Wallet {
  /** In base58: where its operator deposits. */
  readonly address: string;
}

const FILE = "inspector.json";
const SEED_BYTES = 32;
const KEY_FILE_BYTES = 64; // seed, then public key
const OTHERS = 0o077;

function newKeyText(): string {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return `${JSON.stringify([...base64urlnopad.decode(d), ...base64urlnopad.decode(x)])}\n`;
}

/** The bytes in a key file; undefined for anything else. */
function parseKey(text: string): Uint8Array | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isKey =
      Array.isArray(value) &&
      value.length === KEY_FILE_BYTES &&
      value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte <= 255);
    return isKey ? Uint8Array.from(value as number[]) : undefined;
  } catch {
    return undefined; // what the parser says quotes the file, and so the secret
  }
}

/** Reads the wallet in a data directory, or makes it there; throws where the file is no key of this router's alone. */
export function loadInspectorWallet(dataDirectory: string): InspectorWallet {
  const path = join(dataDirectory, FILE);
  const bytes = parseKey(readOrMake(dataDirectory, FILE, newKeyText));
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS) !== 0) {
    throw new Error(`${path}: expected a key that only its owner may read, found mode ${mode.toString(8)}: chmod 600`);
  }
  const publicKey = bytes?.subarray(SEED_BYTES);
  const jwk = {
    kty: "OKP",
    crv: "Ed25519",
    d: base64urlnopad.encode(bytes?.subarray(0, SEED_BYTES) ?? new Uint8Array()),
    x: base64urlnopad.encode(publicKey ?? new Uint8Array()),
  };
  const privateKey = bytes === undefined ? undefined : createPrivateKey({ key: jwk, format: "jwk" });
  const found = privateKey === undefined ? undefined : createPublicKey(privateKey).export({ format: "jwk" }).x;
  if (publicKey === undefined || privateKey === undefined || found !== jwk.x) {
    throw new Error(`${path}: expected a key as solana-keygen writes it, found something else. Restore or remove it.`);
  }
  return {
    publicKey,
    address: base58.encode(publicKey),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
