// Keys of operators in files: as Solana's own tools write them, or as the router keeps its identity.
import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createKeyPairSignerFromBytes, getAddressDecoder } from "@solana/kit";
import type { Address, KeyPairSigner } from "@solana/kit";

const KEY_BYTES = 64; // the seed, then the public key
const SEED_BYTES = 32;

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && Buffer.of(value as number)[0] === value;
}

/** The bytes of a JSON Web Key, which is what `router-identity.json` holds. */
function bytesOfWebKey(key: object): Buffer | undefined {
  const isWhole = "d" in key && "x" in key && typeof key.d === "string" && typeof key.x === "string";
  return isWhole ? Buffer.concat([key.d, key.x].map((part) => Buffer.from(part as string, "base64url"))) : undefined;
}

function bytesIn(text: string): Uint8Array | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return undefined; // Node's own words would quote the file
  }
  if (Array.isArray(parsed)) return parsed.every((value) => isByte(value)) ? Uint8Array.from(parsed) : undefined;
  return typeof parsed === "object" && parsed !== null ? bytesOfWebKey(parsed) : undefined;
}

/** The key in a file; its bytes are in no message of an error. */
export async function readKeyFile(path: string): Promise<KeyPairSigner> {
  const bytes = bytesIn(readFileSync(path, "utf8"));
  if (bytes?.length !== KEY_BYTES) {
    throw new Error(`${path}: expected a key as solana-keygen writes it, or a router's router-identity.json.`);
  }
  return await createKeyPairSignerFromBytes(new Uint8Array(bytes));
}

/** Makes a new key in a new file that only its owner may read, and gives its address. */
export function makeKeyFile(path: string): Address {
  const bytes = bytesOfWebKey(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })) ?? new Uint8Array();
  writeFileSync(path, `${JSON.stringify([...bytes])}\n`, { mode: 0o600, flag: "wx" });
  return getAddressDecoder().decode(bytes, SEED_BYTES);
}
