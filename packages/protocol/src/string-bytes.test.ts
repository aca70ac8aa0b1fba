// Plain runs end at the first byte that is not plain, wherever it stands and however the memory is aligned.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { skipBase64, skipPlain } from "./string-bytes.ts";

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const isPlain = (byte: number): boolean => byte >= 0x20 && byte < 0x80 && byte !== 0x22 && byte !== 0x5c;
const isBase64 = (byte: number): boolean => /[A-Za-z0-9+/]/.test(String.fromCharCode(byte));

/** Bytes that stand `offset` bytes into their memory. */
function aligned(bytes: Uint8Array, offset: number): Uint8Array {
  const memory = new Uint8Array(offset + bytes.length);
  memory.set(bytes, offset);
  return memory.subarray(offset);
}

describe("a run of bytes", () => {
  test("ends at each byte that is not plain, and at no other, at any place in a word", () => {
    for (const byte of ALL_BYTES) {
      for (let place = 100; place < 108; place += 1) {
        const bytes = new Uint8Array(120).fill(0x41);
        bytes[place] = byte;
        assert.equal(skipPlain(bytes, 0), isPlain(byte) ? 120 : place, `byte ${byte} at ${place}`);
      }
    }
  });

  test("of base64 ends at each byte outside its alphabet", () => {
    for (const byte of ALL_BYTES) {
      const bytes = Uint8Array.of(0x41, byte, 0x41);
      assert.equal(skipBase64(bytes, 0), isBase64(byte) ? 3 : 1, `byte ${byte}`);
    }
  });

  test("ends where a loop over its bytes ends, whatever they are", () => {
    const bytes = fc.array(
      fc.oneof(
        { weight: 400, arbitrary: fc.integer({ min: 0x23, max: 0x5b }) },
        { weight: 1, arbitrary: fc.nat({ max: 255 }) },
      ),
      { maxLength: 600, size: "max" },
    );
    fc.assert(
      fc.property(bytes, fc.nat({ max: 7 }), fc.nat({ max: 100 }), (list, offset, from) => {
        const start = Math.min(from, list.length);
        const found = list.findIndex((byte, at) => at >= start && !isPlain(byte));
        assert.equal(skipPlain(aligned(Uint8Array.from(list), offset), start), found === -1 ? list.length : found);
      }),
    );
  });
});
