// Ids that routers make: attempts, requests and generations.
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

const PAIRS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as lower-case hex; every request makes several ids, so each byte is looked up instead of worked out. */
function hexOf(bytes: Uint8Array): string {
  let digits = "";
  for (const byte of bytes) digits += PAIRS[byte] ?? "";
  return digits;
}

/** A UUID version 7 (RFC 9562): sorts by the time it was made, to the millisecond. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const nowMs = clock.now();
  view.setUint32(0, Math.floor(nowMs / 65_536));
  view.setUint16(4, nowMs % 65_536);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  const digits = hexOf(bytes);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** The id of one answered request, as clients see it: `gen-` and a UUID version 7. */
export function generationId(clock: Clock, random: Random): string {
  return `gen-${uuidV7(clock, random)}`;
}

/** The id of one try of a request at one provider: 16 random bytes as hex (wire.md). */
export function attemptId(random: Random): string {
  return hexOf(random.bytes(16));
}
