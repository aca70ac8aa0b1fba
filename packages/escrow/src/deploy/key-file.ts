// Keys of operators in files: as Solana's own tools write them, or as the router keeps its identity.
import { generateKeyPairSync } from "node:crypto";
import { closeSync, fstatSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { platform } from "node:os";
import { basename } from "node:path";
import { createKeyPairSignerFromBytes, getAddressDecoder } from "@solana/kit";
import type { Address, KeyPairSigner } from "@solana/kit";
import { formatKeyFile, isOpenToOthers, parseKeyFile } from "@aimo-network/protocol/keys/wallet-key";

const SEED_BYTES = 32;
/** The key of the localnet's program is in git, which keeps no modes: everybody has it. */
const PUBLIC_KEY_FILE = "localnet-program-id.json";

/** The bytes of a JSON Web Key, which is what `router-identity.json` holds. */
function bytesOfWebKey(key: object): Uint8Array | undefined {
  const isWhole = "d" in key && "x" in key && typeof key.d === "string" && typeof key.x === "string";
  if (!isWhole) return undefined;
  const bytes = Buffer.concat([key.d, key.x].map((part) => Buffer.from(part as string, "base64url")));
  return bytes.length === 2 * SEED_BYTES ? new Uint8Array(bytes) : undefined;
}

function bytesIn(text: string): Uint8Array | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)
      ? bytesOfWebKey(parsed)
      : parseKeyFile(text);
  } catch {
    return undefined; // Node's own words would quote the file
  }
}

/** The text of a file, and the mode of the very file that was read. */
function readOpened(path: string): { readonly text: string; readonly mode: number } {
  const descriptor = openSync(path, "r");
  try {
    return { text: readFileSync(descriptor, "utf8"), mode: fstatSync(descriptor).mode };
  } finally {
    closeSync(descriptor);
  }
}

async function signerOf(bytes: Uint8Array | undefined): Promise<KeyPairSigner | undefined> {
  try {
    return bytes === undefined ? undefined : await createKeyPairSignerFromBytes(bytes);
  } catch {
    return undefined; // its halves do not belong together
  }
}

/** The key in a file that nobody but its owner may read; its bytes are in no message of an error. */
export async function readKeyFile(path: string): Promise<KeyPairSigner> {
  const { text, mode } = readOpened(path);
  const signer = await signerOf(bytesIn(text));
  if (signer === undefined) {
    throw new Error(`${path}: expected a key as solana-keygen writes it, or a router's router-identity.json.`);
  }
  if (basename(path) !== PUBLIC_KEY_FILE && platform() !== "win32" && isOpenToOthers(mode)) {
    const found = (mode & 0o777).toString(8);
    throw new Error(`${path}: expected a key that only its owner may read, found mode ${found}: chmod 600 ${path}`);
  }
  return signer;
}

/** Makes a new key in a new file that only its owner may read, and gives its address. */
export function makeKeyFile(path: string): Address {
  const bytes = bytesOfWebKey(generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" })) ?? new Uint8Array();
  writeFileSync(path, formatKeyFile(bytes), { mode: 0o600, flag: "wx" });
  return getAddressDecoder().decode(bytes, SEED_BYTES);
}
