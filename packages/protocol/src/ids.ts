// Ids that routers make: attempts, requests and generations.
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

const DIGITS = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const DASH = "-".charCodeAt(0);
const UUID_DASHES: ReadonlySet<number> = new Set([4, 6, 8, 10]);
const NO_DASHES: ReadonlySet<number> = new Set();

/** Bytes as lower-case hex, with a dash before the bytes named; one string at once, for every request makes several. */
function hexOf(bytes: Uint8Array, dashes = NO_DASHES): string {
  const codes: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (dashes.has(index)) codes.push(DASH);
    codes.push(DIGITS[byte >> 4] ?? 0, DIGITS[byte & 0x0f] ?? 0);
  }
  return String.fromCharCode(...codes);
}

/** A UUID version 7 (RFC 9562): sorts by the time it was made, to the millisecond. */
export function uuidV7(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  let restMs = clock.now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = restMs % 256;
    restMs = Math.floor(restMs / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return hexOf(bytes, UUID_DASHES);
}

/** The id of one answered request, as clients see it: `gen-` and a UUID version 7. */
export function generationId(clock: Clock, random: Random): string {
  return `gen-${uuidV7(clock, random)}`;
}

/** The id of one try of a request at one provider: 16 random bytes as hex (wire.md). */
export function attemptId(random: Random): string {
  return hexOf(random.bytes(16));
}
