// JSON texts with long strings in every place, spelt in several ways, for tests of what is read of large bodies.
import fc from "fast-check";
import { WHOLE_STRING_BYTES_MAX } from "../limits.ts";

const LENGTHS = [0, 1, 300, WHOLE_STRING_BYTES_MAX - 1, WHOLE_STRING_BYTES_MAX, WHOLE_STRING_BYTES_MAX + 1, 40_000];
const STARTS = [
  ...[
    "",
    " ",
    "data:image/png;base64,",
    "DATA:,",
    " data:,",
    "data:",
    "https://",
    "HTTPS://",
    " https://",
    "\nhttps://",
  ],
  ...[
    "http://169.254.169.254/",
    "file:///etc/passwd",
    "ftp://a/",
    "/etc/passwd",
    "../",
    "//uQ",
    "Hello: ",
    "h",
    "\0",
    "é",
  ],
];
const FILLS = [
  "A",
  "a more",
  "QUJD",
  "a/b+",
  "https://",
  "\n",
  '"',
  "\\",
  "é",
  "🙂",
  "\u007f",
  "../",
  " ",
  "a.",
  "{[,:",
];
const ENDS = ["", "=", "==", "@169.254.169.254/", "://x", "\n", "é", "\\", " "];

/** A string of up to some 40,000 bytes, around the length from which strings are long. */
export const longString: fc.Arbitrary<string> = fc
  .record({
    start: fc.constantFrom(...STARTS),
    fill: fc.constantFrom(...FILLS),
    bytes: fc.constantFrom(...LENGTHS),
    end: fc.constantFrom(...ENDS),
  })
  .map(({ start, fill, bytes, end }) => {
    const count = Math.max(0, bytes - Buffer.byteLength(start) - Buffer.byteLength(end));
    return start + fill.repeat(Math.floor(count / Buffer.byteLength(fill))) + end;
  });

/** How the same value is written: with which spaces, and with which escapes. */
export const spelling: fc.Arbitrary<(value: unknown) => string> = fc
  .record({ space: fc.constantFrom(0, 1, "\t"), slashes: fc.boolean(), letters: fc.boolean() })
  .map(({ space, slashes, letters }) => (value) => {
    const text = JSON.stringify(value, undefined, space);
    const slashed = slashes ? text.replaceAll("/", String.raw`\/`) : text;
    return letters
      ? slashed.replaceAll(/A|(?<!\\)h/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)
      : slashed;
  });

/** A text cut into pieces of the sizes given, in turn, each in memory of its own. */
export function inPieces(text: string | Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const bytes = Buffer.from(text);
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    pieces.push(new Uint8Array(bytes.subarray(at, at + size)));
    at += size;
  }
  return pieces;
}

/** Sizes of pieces. */
export const pieceSizes: fc.Arbitrary<number[]> = fc.array(
  fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 500, max: 70_000 })),
  { minLength: 1, maxLength: 5 },
);
