// The test wallet's key: made in this browser and kept there in plain sight, since nothing that it holds is worth anything.
import { systemRandom } from "@aimo-network/protocol/random";
import { base58, base64, base64urlnopad } from "@scure/base";

const KEPT = "aimo-test-wallet"; // tests look for this word in builds that must not have the test wallet
const SEED_BYTES = 32;
const PKCS8_HEAD = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]; // RFC 8410, before the seed

/** A key that signs. */
export interface TestKey {
  readonly publicKey: Uint8Array;
  /** In base58. */
  readonly address: string;
  sign(message: Uint8Array): Promise<Uint8Array>;
}

/** Where the seed is kept: the browser's `localStorage`. */
export type SeedStore = Pick<Storage, "getItem" | "setItem">;

function keptSeed(store: SeedStore): Uint8Array {
  const kept = store.getItem(KEPT);
  if (kept !== null) {
    try {
      const seed = base64.decode(kept);
      if (seed.length === SEED_BYTES) return seed;
    } catch {
      // not one of ours: another one takes its place
    }
  }
  const seed = systemRandom.bytes(SEED_BYTES);
  store.setItem(KEPT, base64.encode(seed));
  return seed;
}

/** The key of this browser, which is made where there is none. */
export async function openTestKey(store: SeedStore): Promise<TestKey> {
  const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...keptSeed(store)]);
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", key);
  const publicKey = base64urlnopad.decode(x);
  return {
    publicKey,
    address: base58.encode(publicKey),
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", key, new Uint8Array(message))),
  };
}
