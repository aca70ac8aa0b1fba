// Demo wallets in the data directory, in the file format of the Solana command line.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { dirname } from "node:path";
import { base58, base64urlnopad } from "@scure/base";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { formatKeyFile, isOpenToOthers, parseKeyFile } from "@aimo-network/protocol/keys/wallet-key";

/** A wallet on disk. */
export interface FileWallet extends Wallet {
  /** Its address in base58. */
  readonly address: string;
  readonly file: string;
}

const SEED_BYTES = 32;

function makeKeyFile(file: string): void {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  const key = Uint8Array.from([...base64urlnopad.decode(d), ...base64urlnopad.decode(x)]);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, formatKeyFile(key), { mode: 0o600, flag: "wx" });
}

function checkMode(file: string): void {
  const { mode } = statSync(file);
  if (platform() === "win32" || !isOpenToOthers(mode)) return;
  const found = (mode & 0o777).toString(8);
  throw new Error(`${file}: expected a key that only its owner may read, found mode ${found}: chmod 600 ${file}`);
}

/** The private key of a key's bytes; undefined where the public half is another's. */
function privateKeyOf(bytes: Uint8Array): KeyObject | undefined {
  const [d = "", x = ""] = [bytes.subarray(0, SEED_BYTES), bytes.subarray(SEED_BYTES)].map((part) =>
    base64urlnopad.encode(part),
  );
  const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
  return createPublicKey(key).export({ format: "jwk" }).x === x ? key : undefined;
}

/** Reads the wallet in `file`, or makes it there. */
export function loadWallet(file: string): FileWallet {
  if (!existsSync(file)) makeKeyFile(file);
  checkMode(file);
  const bytes = parseKeyFile(readFileSync(file, "utf8"));
  const privateKey = bytes === undefined ? undefined : privateKeyOf(bytes);
  if (bytes === undefined || privateKey === undefined) {
    throw new Error(`${file}: expected a key as solana-keygen writes it, found something else.`);
  }
  const publicKey = bytes.slice(SEED_BYTES);
  return {
    file,
    address: base58.encode(publicKey),
    publicKey,
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
