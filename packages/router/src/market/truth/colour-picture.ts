// A small picture of one colour, as a PNG: whoever sees it can say which.
import { crc32, deflateSync } from "node:zlib";

/** Colours that nobody takes for one another, and that have one name. */
export const COLOURS = {
  red: [220, 20, 20],
  green: [20, 160, 40],
  blue: [20, 50, 220],
  yellow: [250, 230, 20],
  orange: [255, 140, 0],
  purple: [120, 20, 160],
  black: [0, 0, 0],
  white: [255, 255, 255],
} as const satisfies Readonly<Record<string, readonly [number, number, number]>>;

/** One of them. */
export type Colour = keyof typeof COLOURS;

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const TRUE_COLOUR = [8, 2, 0, 0, 0]; // eight bits a channel, RGB, and the only compression, filter and order there are

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  return Buffer.concat([uint32(data.length), body, uint32(crc32(body))]);
}

/** A picture of that colour as the URL that chat messages carry. */
export function pictureUrl(colour: Colour, width: number, height: number): string {
  const pixel = Buffer.from(COLOURS[colour]);
  const row = Buffer.concat([Buffer.from([0]), ...Array.from({ length: width }, () => pixel)]); // 0: not filtered
  const pixels = Buffer.concat(Array.from({ length: height }, () => row));
  const png = Buffer.concat([
    SIGNATURE,
    chunk("IHDR", Buffer.concat([uint32(width), uint32(height), Buffer.from(TRUE_COLOUR)])),
    chunk("IDAT", deflateSync(pixels)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString("base64")}`;
}
