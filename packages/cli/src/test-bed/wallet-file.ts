// A wallet on a test's disk, as Solana's own command line writes it.
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { base58 } from "@scure/base";
import type { Address } from "@solana/kit";
import { defaultWalletFile } from "../settings/places.ts";

/** Makes one where commands look for it, and gives its address. */
export function makeWalletFile(home: string, file = defaultWalletFile({ HOME: home })): Address {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const seed = privateKey.export({ type: "pkcs8", format: "der" }).subarray(-32);
  const point = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify([...seed, ...point]), { mode: 0o600 });
  return base58.encode(point) as Address;
}
