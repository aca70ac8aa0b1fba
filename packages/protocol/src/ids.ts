// Ids that routers make: attempts, requests and generations.
import { assert } from "./assert.ts";
import type { Clock } from "./clock.ts";
import { ATTEMPTS_PER_REQUEST_MAX } from "./limits.ts";
import type { Random } from "./random.ts";

const HEX = "0123456789abcdef";
const DIGITS = Array.from(HEX, (digit) => digit.charCodeAt(0));
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

function uuidOf(clock: Clock, bytes: Uint8Array): string {
  let restMs = clock.now();
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = restMs % 256;
    restMs = Math.floor(restMs / 256);
  }
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return hexOf(bytes, UUID_DASHES);
}

/** A UUID version 7 (RFC 9562): sorts by the time it was made, to the millisecond. */
export function uuidV7(clock: Clock, random: Random): string {
  return uuidOf(clock, random.bytes(16));
}

/** The id of one request: a UUID version 7 whose last two bits are zero, for its attempts are numbered there. */
export function requestUuid(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  bytes[15] = (bytes[15] ?? 0) & ~(ATTEMPTS_PER_REQUEST_MAX - 1);
  return uuidOf(clock, bytes);
}

/** The id of one answered request as clients see it, of its `requestUuid`. */
export function generationId(uuid: string): string {
  return `gen-${uuid}`;
}

const GENERATION_ID = /^gen-[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The uuid of a generation's id; undefined for any other text. */
export function readGenerationId(text: string): string | undefined {
  return GENERATION_ID.test(text) ? text.slice("gen-".length) : undefined;
}

const REQUEST_HEX = /^[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/;

/** The id of one try of a request at one provider (wire.md): the bytes of the request's uuid, with the try's index in their last two bits. */
export function attemptIdOf(uuid: string, index: number): string {
  const hex = uuid.replaceAll("-", "");
  const last = HEX.indexOf(hex.slice(-1));
  const isFree = REQUEST_HEX.test(hex) && last % ATTEMPTS_PER_REQUEST_MAX === 0;
  const isIndex = Number.isInteger(index) && index >= 0 && index < ATTEMPTS_PER_REQUEST_MAX;
  assert(isFree && isIndex, "an attempt is one of four of a request's uuid");
  return hex.slice(0, -1) + HEX.charAt(last + index);
}

/** The request and the index that an attempt's id was made of; undefined for an id that no router made. */
export function readAttemptId(attemptId: string): { requestUuid: string; index: number } | undefined {
  if (!REQUEST_HEX.test(attemptId)) return undefined;
  const last = HEX.indexOf(attemptId.slice(-1));
  const index = last % ATTEMPTS_PER_REQUEST_MAX;
  const hex = attemptId.slice(0, -1) + HEX.charAt(last - index);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)];
  return { requestUuid: parts.join("-"), index };
}

/** The moment a UUID version 7 was made, in milliseconds since 1970. */
export function uuidTimeMs(uuid: string): number {
  return Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16);
}

const UUID_MS_MAX = 2 ** 48 - 1; // the time that a UUID version 7 begins with

/** The smallest UUID version 7 of a moment: ids made before it are smaller, later ones larger. */
export function firstUuidAt(ms: number): string {
  const boundedMs = Math.min(Math.max(0, Math.floor(ms)), UUID_MS_MAX);
  const hex = boundedMs.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
