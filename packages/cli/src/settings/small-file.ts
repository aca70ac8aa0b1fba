// Files of settings and keys: ordinary, short, and read without ever waiting for somebody to write into them.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import type { Stats } from "node:fs";

/** A path that leads to a folder, a pipe or a device. */
export class NotAFile extends Error {
  override readonly name = "NotAFile";
}

/** What is in a file as Latin-1, as far as `bytesMax` bytes and one more; its bytes are left nowhere else. */
function readWhole(descriptor: number, bytesMax: number): Buffer {
  const bytes = Buffer.alloc(bytesMax + 1);
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (read === 0) break;
    length += read;
  }
  return bytes.subarray(0, length);
}

/**
 * Reads a file that `insist` has nothing against, up to `bytesMax` bytes and one more, by which a longer one is told.
 * Throws what the system throws, and `NotAFile`.
 */
export function readSmallFile(
  file: string,
  bytesMax: number,
  insist: (stats: Stats) => void = () => undefined,
): Buffer {
  // Without O_NONBLOCK a pipe that nobody writes into stops the process, Ctrl-C and all.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor); // of the file that is open: its name may lead to another by now
    if (!stats.isFile()) throw new NotAFile(file);
    insist(stats);
    return readWhole(descriptor, bytesMax);
  } finally {
    closeSync(descriptor);
  }
}
