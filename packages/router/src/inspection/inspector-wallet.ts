// The wallet that pays for examining: a key file in the data directory, made at the first start, in the format of Solana's tools.
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { statSync } from "node:fs";
import { platform } from "node:os";
import { join } from "node:path";
import { base58, base64urlnopad } from "@scure/base";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";
import { formatKeyFile, isOpenToOthers, parseKeyFile } from "@aimo-network/protocol/keys/wallet-key";
import { readOrMake } from "../make-once.ts";

/** A wallet of this router's own. */
export interface InspectorWallet extends Wallet {
  /** In base58: where its operator deposits. */
  readonly address: string;
}

const FILE = "inspector.json";
const SEED_BYTES = 32;

function newKeyText(): string {
  const { d = "", x = "" } = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" });
  return formatKeyFile(Uint8Array.from([...base64urlnopad.decode(d), ...base64urlnopad.decode(x)]));
}

/** The private key of a key's bytes; undefined where the public half is another's. */
function privateKeyOf(bytes: Uint8Array): KeyObject | undefined {
  const [d = "", x = ""] = [bytes.subarray(0, SEED_BYTES), bytes.subarray(SEED_BYTES)].map((part) =>
    base64urlnopad.encode(part),
  );
  const key = createPrivateKey({ key: { kty: "OKP", crv: "Ed25519", d, x }, format: "jwk" });
  return createPublicKey(key).export({ format: "jwk" }).x === x ? key : undefined;
}

/** Reads the wallet in a data directory, or makes it there; throws where the file is no key of this router's alone. */
export function loadInspectorWallet(dataDirectory: string): InspectorWallet {
  const path = join(dataDirectory, FILE);
  const bytes = parseKeyFile(readOrMake(dataDirectory, FILE, newKeyText));
  const mode = statSync(path).mode & 0o777;
  if (platform() !== "win32" && isOpenToOthers(mode)) {
    const found = mode.toString(8);
    throw new Error(`${path}: expected a key that only its owner may read, found mode ${found}: chmod 600 ${path}`);
  }
  const privateKey = bytes === undefined ? undefined : privateKeyOf(bytes);
  if (bytes === undefined || privateKey === undefined) {
    throw new Error(`${path}: expected a key as solana-keygen writes it, found something else. Restore or remove it.`);
  }
  const publicKey = bytes.slice(SEED_BYTES);
  return {
    publicKey,
    address: base58.encode(publicKey),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
