// The program as it is deployed: where its bytes are, and how many they may be.
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The binary that was built from `program/src`; `program/bin` also has its SHA-256 and the tools that made it. */
export const BINARY_PATH: string = join(import.meta.dirname, "../program/bin/aimo_escrow.so");

/** A deployment makes this much room, so that every later version fits without another step. */
export const PROGRAM_BYTES_MAX = 102_400;

/** The program's bytes, checked to be a program of a size that fits. */
export function readBinary(path: string = BINARY_PATH): Uint8Array {
  const code = new Uint8Array(readFileSync(path));
  const isElf = Buffer.from(code.subarray(0, 4)).equals(Buffer.from("\x7fELF", "latin1"));
  if (!isElf) throw new Error(`${path}: expected a program as build.sh writes it, found something else.`);
  if (code.length > PROGRAM_BYTES_MAX) {
    throw new Error(`${path}: expected at most ${PROGRAM_BYTES_MAX} bytes, found ${code.length}.`);
  }
  return code;
}
