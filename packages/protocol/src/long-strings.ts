// Finds the long strings of a JSON text while its bytes come in: microseconds a piece, instead of one long stop at the end.
import { assert } from "./assert.ts";
import { BACKSLASH, CLOSE_BRACE, OPEN_BRACE, QUOTE } from "./json-characters.ts";
import { STRING_HEAD_BYTES, WHOLE_STRING_BYTES_MAX } from "./limits.ts";
import { skipBase64, skipPlain } from "./string-bytes.ts";

/** A long string value in which JSON.parse would find no fault, all of it ASCII. */
export interface LongString {
  /** Where its first byte stands in the text. */
  readonly start: number;
  /** Where its beginning ends, which is not within an escape. */
  readonly headEnd: number;
  /** Where its closing quote stands. */
  readonly end: number;
  readonly hasEscapes: boolean;
  /** Where its first byte stands that is not of base64's alphabet, which padding is not; `end` where there is none. */
  readonly base64End: number;
}

/**
 * Brackets around a string that may be left out. Members of the request itself (1), and of its lists and objects (2), are
 * settings that are read whole, errors quote them; the words and images of messages stand deeper.
 */
const DEPTH_MIN = 3;

const SPACE = 0x20;
const COLON = 0x3a;
const CASE_BIT = 0x20; // `[` and `]` are `{` and `}` without it

const ESCAPE_BYTES_MAX = 5; // `u` and its digits
const HEX_DIGITS = 4;
const UNICODE_ESCAPE = 0x75;

const codes = (characters: string): ReadonlySet<number> =>
  new Set(Array.from(characters, (character) => character.charCodeAt(0)));
const SHORT_ESCAPES = codes('"\\/bfnrt');
const HEX = codes("0123456789abcdefABCDEF");

/** Reads a text piece by piece; the pieces are not kept. */
export class LongStringFinder {
  readonly #found: LongString[] = [];
  /** Where the piece that is read stands in the text. */
  #pieceStart = 0;
  #depth = 0;
  #inString = false;
  /** Bytes of an escape that may still follow. */
  #escapeLeft = 0;
  #start = 0;
  #headEnd: number | undefined;
  #base64End: number | undefined;
  #hasEscapes = false;
  #isValid = true;
  /** A long string that may yet be a key: keys are compared whole, so none is left out. */
  #last: LongString | undefined;

  /** The long strings so far, in order. */
  get found(): readonly LongString[] {
    return this.#found;
  }

  /** Reads the next piece. */
  add(piece: Uint8Array): void {
    for (let at = 0; at < piece.length;) {
      at = this.#inString ? this.#readString(piece, at) : this.#readStructure(piece, at);
    }
    this.#pieceStart += piece.length;
  }

  #readStructure(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; at += 1) {
      const byte = piece[at] as number;
      if (byte <= SPACE) continue;
      if (this.#last !== undefined) this.#keepValue(this.#last, byte);
      if (byte === QUOTE) {
        this.#openString(at + 1);
        return at + 1;
      }
      if ((byte | CASE_BIT) === OPEN_BRACE) this.#depth += 1;
      else if ((byte | CASE_BIT) === CLOSE_BRACE) this.#depth -= 1;
    }
    return piece.length;
  }

  #keepValue(last: LongString, next: number): void {
    if (next !== COLON) this.#found.push(last);
    this.#last = undefined;
  }

  #openString(at: number): void {
    this.#inString = true;
    this.#start = this.#pieceStart + at;
    this.#headEnd = undefined;
    this.#base64End = undefined;
    this.#hasEscapes = false;
    this.#isValid = true;
  }

  /** Reads up to the string's end, to its next escape or to the piece's end. */
  #readString(piece: Uint8Array, from: number): number {
    if (this.#escapeLeft > 0) return this.#readEscape(piece[from] as number, from);
    const at = this.#isValid ? this.#skipPlain(piece, from) : from;
    for (let next = at; next < piece.length; next += 1) {
      const byte = piece[next] as number;
      if (byte === QUOTE) {
        this.#closeString(this.#pieceStart + next);
        return next + 1;
      }
      if (byte === BACKSLASH) {
        this.#hasEscapes = true;
        this.#escapeLeft = ESCAPE_BYTES_MAX;
        return next + 1;
      }
      this.#isValid = false; // a control character, or not ASCII: not looked into here
    }
    return piece.length;
  }

  /** Reads one byte of an escape, after its backslash. */
  #readEscape(byte: number, at: number): number {
    if (this.#escapeLeft === ESCAPE_BYTES_MAX) {
      this.#escapeLeft = byte === UNICODE_ESCAPE ? HEX_DIGITS : 0;
      if (byte !== UNICODE_ESCAPE && !SHORT_ESCAPES.has(byte)) this.#isValid = false;
      return at + 1;
    }
    const isHex = HEX.has(byte);
    this.#escapeLeft = isHex ? this.#escapeLeft - 1 : 0;
    if (isHex) return at + 1;
    this.#isValid = false;
    return at;
  }

  #skipPlain(piece: Uint8Array, from: number): number {
    let at = from;
    if (this.#base64End === undefined) {
      at = skipBase64(piece, at);
      if (at < piece.length) this.#base64End = this.#pieceStart + at;
    }
    at = skipPlain(piece, at);
    const headEnd = this.#start + STRING_HEAD_BYTES;
    if (this.#pieceStart + at >= headEnd) this.#headEnd ??= Math.max(headEnd, this.#pieceStart + from);
    return at;
  }

  #closeString(end: number): void {
    this.#inString = false;
    if (end - this.#start <= WHOLE_STRING_BYTES_MAX || !this.#isValid || this.#depth < DEPTH_MIN) return;
    assert(this.#headEnd !== undefined, "a long string is longer than its beginning");
    const [headEnd, base64End] = [this.#headEnd, this.#base64End ?? end];
    this.#last = { start: this.#start, headEnd, end, hasEscapes: this.#hasEscapes, base64End };
  }
}
