// Wallets that nobody has seen before.
import { generateKeyPairSync, sign } from "node:crypto";
import type { Wallet } from "@aimo-network/protocol/keys/sign-key";

/** A wallet with a fresh key, in memory alone. */
export function newWallet(): Wallet {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  return {
    publicKey: publicKey.export({ format: "der", type: "spki" }).subarray(-32),
    sign: (message) => Promise.resolve(sign(null, message, privateKey)),
  };
}
