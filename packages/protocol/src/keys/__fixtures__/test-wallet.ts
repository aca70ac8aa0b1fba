// Wallets with published seeds, and the forgeries that only their owner can make; for tests and vectors only.
import { base58, base64urlnopad, hex } from "@scure/base";
import type { Wallet } from "../sign-key.ts";

const PKCS8_HEAD = hex.decode("302e020100300506032b657004220420"); // RFC 8410: what precedes a seed in PKCS #8
const GROUP_ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

/** A wallet whose private key everybody can know. */
export interface TestWallet extends Wallet {
  readonly address: string;
  /** The secret scalar a of the public key a·B, reduced by the group's order. */
  readonly scalar: bigint;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${hex.encode(bytes.toReversed())}`);
}

/** The 32 little-endian bytes of a scalar. */
function scalarBytes(scalar: bigint): Uint8Array {
  return hex.decode(scalar.toString(16).padStart(64, "0")).toReversed();
}

async function sha512(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-512", Uint8Array.from(parts.flatMap((part) => [...part]))));
}

/** The wallet of a seed that is 32 characters of ASCII. */
export async function walletFromSeed(seedText: string): Promise<TestWallet> {
  const seed = new TextEncoder().encode(seedText);
  const pkcs8 = Uint8Array.from([...PKCS8_HEAD, ...seed]);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"]);
  const { x = "" } = await crypto.subtle.exportKey("jwk", privateKey);
  const publicKey = base64urlnopad.decode(x);
  const clamped = (await sha512(seed)).subarray(0, 32);
  clamped[0] = (clamped[0] ?? 0) & 248;
  clamped[31] = ((clamped[31] ?? 0) & 63) | 64;
  return {
    publicKey,
    address: base58.encode(publicKey),
    scalar: littleEndian(clamped) % GROUP_ORDER,
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", privateKey, new Uint8Array(message))),
  };
}

/** The neutral point (0, 1): as a signer, the signature of `universalSignature` fits every message. */
export const NEUTRAL_POINT = Uint8Array.from({ length: 32 }, (_, index) => (index === 0 ? 1 : 0));

/** R = a·B, S = a: then S·B = R + h·A for every message when A is the neutral point; OpenSSL 3.0 accepts it. */
export function universalSignature(wallet: TestWallet): Uint8Array {
  return Uint8Array.from([...wallet.publicKey, ...scalarBytes(wallet.scalar)]);
}

/** A signature with the neutral point as R (nonce 0), which gives the wallet's scalar away; OpenSSL 3.0 accepts it. */
export async function signatureWithNeutralR(wallet: TestWallet, text: string): Promise<Uint8Array> {
  const hash = littleEndian(await sha512(NEUTRAL_POINT, wallet.publicKey, new TextEncoder().encode(text)));
  return Uint8Array.from([...NEUTRAL_POINT, ...scalarBytes((hash * wallet.scalar) % GROUP_ORDER)]);
}

/** The same signature spelled with S + L, which fits the equation and is not canonical. */
export function respellSignature(signature: Uint8Array): Uint8Array {
  const scalar = littleEndian(signature.subarray(32)) + GROUP_ORDER;
  return Uint8Array.from([...signature.subarray(0, 32), ...scalarBytes(scalar)]);
}
