// Ed25519 as keys need it: WebCrypto verifies, and what engines judge differently is refused here first.

/** Bytes of an Ed25519 public key, and of each half of a signature (RFC 8032). */
export const POINT_BYTES = 32;
/** Bytes of an Ed25519 signature: the point R, then the scalar S. */
export const SIGNATURE_BYTES = 64;

const FIELD_PRIME = 2n ** 255n - 19n;
const GROUP_ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;
const Y_BITS = 255; // the highest bit of an encoded point is the sign of x

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}

/**
 * Whether y belongs to a point whose order divides 8, without a table of the eight points.
 *
 * Order 1 and 2 are (0, 1) and (0, -1); order 4 has y = 0. A point of order 8 doubles to one of order 4, so the y of
 * its double, (y² + x²) / (1 - d·x²·y²), is 0: x² = -y², which turns the curve -x² + y² = 1 + d·x²·y² into
 * d·y⁴ + 2·y² - 1 = 0. Below, that is multiplied by 121666, because d = -121665 / 121666.
 */
function hasLowOrder(y: bigint): boolean {
  const square = (y * y) % FIELD_PRIME;
  const order8 = -121_665n * square * square + 243_332n * square - 121_666n;
  return (y * (square - 1n) * order8) % FIELD_PRIME === 0n;
}

/**
 * Whether `point` is the one encoding of its y (y < p) and not of low order: under a signer of low order one signature
 * fits every message. Whether it lies on the curve is left to the verification.
 */
export function isSoundPoint(point: Uint8Array): boolean {
  if (point.length !== POINT_BYTES) return false;
  const y = BigInt.asUintN(Y_BITS, littleEndian(point));
  return y < FIELD_PRIME && !hasLowOrder(y);
}

/** Whether `signature` is the one spelling of itself (S < the group's order) and its R is a sound point. */
export function isSoundSignature(signature: Uint8Array): boolean {
  return (
    signature.length === SIGNATURE_BYTES &&
    littleEndian(signature.subarray(POINT_BYTES)) < GROUP_ORDER &&
    isSoundPoint(signature.subarray(0, POINT_BYTES))
  );
}

/** Whether `signature` over `message` was made by `signer`; unsound signers and signatures never verify. */
export async function verifyBytes(signer: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (!isSoundPoint(signer) || !isSoundSignature(signature)) return false;
  // The copies are plain ArrayBuffers, which is all that a browser's WebCrypto takes.
  const key = await crypto.subtle.importKey("raw", new Uint8Array(signer), "Ed25519", false, ["verify"]);
  return await crypto.subtle.verify("Ed25519", key, new Uint8Array(signature), new Uint8Array(message));
}

/** Whether `signature` over `text` (as UTF-8) was made by `signer`; unsound signers and signatures never verify. */
export async function verifyText(signer: Uint8Array, text: string, signature: Uint8Array): Promise<boolean> {
  return await verifyBytes(signer, new TextEncoder().encode(text), signature);
}
