// Runs of plain bytes within a JSON string, skipped as fast as this language can without a library of the machine's.
import { BACKSLASH, QUOTE } from "./json-characters.ts";

const BASE64 = 0;
const PLAIN = 1;
const OTHER = 2;

const SPACE = 0x20;
const FIRST_NON_ASCII = 0x80;

/** What each byte is within a string. */
const KINDS = new Uint8Array(256).fill(OTHER);
KINDS.fill(PLAIN, SPACE, FIRST_NON_ASCII);
KINDS[QUOTE] = OTHER;
KINDS[BACKSLASH] = OTHER;
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
  KINDS[character.charCodeAt(0)] = BASE64;
}

// Four bytes at once: the top bit of a byte is set below where it is not ASCII, below a space, a quote or a backslash.
const TOP_BITS = 0x80_80_80_80 | 0;
const SPACES = 0x20_20_20_20;
const QUOTES = 0x22_22_22_22;
const BACKSLASHES = 0x5c_5c_5c_5c;
const ONES = 0x01_01_01_01;
const WORD_BYTES = 4;
const BYTES_BEFORE_WORDS = 64; // most strings end before words are worth their view

function skipKinds(piece: Uint8Array, from: number, end: number, kind: number): number {
  let at = from;
  while (at < end && (KINDS[piece[at] as number] as number) <= kind) at += 1;
  return at;
}

/** The index of the first byte from `from` on that is not of base64's alphabet, which padding is not. */
export function skipBase64(piece: Uint8Array, from: number): number {
  return skipKinds(piece, from, piece.length, BASE64);
}

/** The index of the first byte from `from` on that is a quote, a backslash, a control character or not ASCII. */
export function skipPlain(piece: Uint8Array, from: number): number {
  const aligned = from + BYTES_BEFORE_WORDS + ((WORD_BYTES - ((piece.byteOffset + from) % WORD_BYTES)) % WORD_BYTES);
  const start = skipKinds(piece, from, Math.min(aligned, piece.length), PLAIN);
  if (start < aligned) return start;
  return skipKinds(piece, start + WORD_BYTES * plainWords(piece, start), piece.length, PLAIN);
}

/** How many words of plain bytes follow at `start`, which is aligned. */
function plainWords(piece: Uint8Array, start: number): number {
  const words = new Int32Array(piece.buffer, piece.byteOffset + start, Math.floor((piece.length - start) / WORD_BYTES));
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] as number;
    const marks = word | (word - SPACES) | ((word ^ QUOTES) - ONES) | ((word ^ BACKSLASHES) - ONES);
    if ((marks & TOP_BITS) !== 0) break;
  }
  return index;
}
