// Wallets and key ids between the text people see and the bytes that rows hold.
import { base58 } from "@scure/base";

/** The 32 bytes that `wallets.address` holds for an address in base58. */
export function walletBytes(address: string): Uint8Array {
  return base58.decode(address);
}

/** The address in base58 of what `wallets.address` holds. */
export function walletAddress(bytes: Uint8Array): string {
  return base58.encode(bytes);
}

/** The 16 bytes that `keys.key_id` holds for a key id in hex. */
export function keyIdBytes(keyId: string): Uint8Array {
  return Buffer.from(keyId, "hex");
}

/** The key id in hex of what `keys.key_id` holds. */
export function keyIdText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
