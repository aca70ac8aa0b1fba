// The name of the colour that a small PNG has all over: as much as a model without eyes can see.
import { inflateSync } from "node:zlib";

const SMALL_BASE64_CHARS = 4_096; // a picture of one colour is small; others are not looked at
const PIXEL_BYTES_MAX = 256 * 1024; // so that a small file cannot become a large one
const HEADER_BYTES = 33; // the signature and the header's chunk
const TRUE_COLOUR = 2;
const EIGHT_BITS = 8;

const NAMED: readonly (readonly [string, readonly [number, number, number]])[] = [
  ["red", [225, 25, 25]],
  ["green", [20, 150, 40]],
  ["blue", [20, 50, 225]],
  ["yellow", [250, 235, 20]],
  ["orange", [255, 145, 0]],
  ["purple", [125, 20, 160]],
  ["black", [0, 0, 0]],
  ["white", [255, 255, 255]],
];

/** Where a chunk's data stands in a PNG, and how long it is. */
function findChunk(png: Buffer, type: string): Buffer | undefined {
  for (let at = 8; at + 12 <= png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === type) return png.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
  return undefined;
}

function nameOf(pixel: Buffer): string | undefined {
  const far = (colour: readonly number[]): number =>
    colour.reduce((sum, value, channel) => sum + Math.abs(value - (pixel[channel] ?? 0)), 0);
  const [nearest] = NAMED.toSorted(([, one], [, other]) => far(one) - far(other));
  return nearest?.[0];
}

/** The colour's name; undefined for everything that is not a small, plain PNG of unfiltered pixels all alike. */
export function colourOf(base64: string): string | undefined {
  if (base64.length > SMALL_BASE64_CHARS) return undefined;
  const png = Buffer.from(base64, "base64");
  const data = findChunk(png, "IDAT");
  if (data === undefined || png.length < HEADER_BYTES) return undefined;
  if (png[24] !== EIGHT_BITS || png[25] !== TRUE_COLOUR) return undefined;
  try {
    const row = 1 + 3 * png.readUInt32BE(16);
    const pixels = inflateSync(data, { maxOutputLength: PIXEL_BYTES_MAX });
    const first = pixels.subarray(1, 4);
    const isPlain = pixels.every((value, at) => (at % row === 0 ? value === 0 : value === first[((at % row) - 1) % 3]));
    return isPlain && first.length === 3 ? nameOf(first) : undefined;
  } catch {
    return undefined; // what cannot be unpacked has no colour
  }
}
