// Demo wallets in the data directory, in the file format of the Solana command line.
import { createPrivateKey, generateKeyPairSync, sign } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { base58, base64url } from "@scure/base";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";

/** A wallet on disk. */
export interface FileWallet extends Wallet {
  /** Its address in base58. */
  readonly address: string;
  readonly file: string;
}

const SEED_BYTES = 32;
const KEY_FILE_BYTES = 64; // seed, then public key

function makeKeyFile(file: string): void {
  const jwk = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const bytes = [...base64url.decode(`${jwk.d}=`), ...base64url.decode(`${jwk.x}=`)];
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, `${JSON.stringify(bytes)}\n`, { mode: 0o600, flag: "wx" });
}

function readKeyFile(file: string): Uint8Array {
  const value: unknown = JSON.parse(readFileSync(file, "utf8"));
  const isBytes =
    Array.isArray(value) && value.length === KEY_FILE_BYTES && value.every((byte) => Number.isInteger(byte));
  if (!isBytes) throw new Error(`${file}: expected ${KEY_FILE_BYTES} bytes as a JSON array, found something else`);
  return Uint8Array.from(value as number[]);
}

/** Reads the wallet in `file`, or makes it there. */
export function loadWallet(file: string): FileWallet {
  if (!existsSync(file)) makeKeyFile(file);
  const bytes = readKeyFile(file);
  const publicKey = bytes.slice(SEED_BYTES);
  const encode = (part: Uint8Array): string => base64url.encode(part).replace(/=+$/, "");
  const jwk = { kty: "OKP", crv: "Ed25519", d: encode(bytes.slice(0, SEED_BYTES)), x: encode(publicKey) };
  const privateKey = createPrivateKey({ key: jwk, format: "jwk" });
  return {
    file,
    address: base58.encode(publicKey),
    publicKey,
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
