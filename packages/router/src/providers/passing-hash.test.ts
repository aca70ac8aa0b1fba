import assert from "node:assert/strict";
import { hash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { PassingHash } from "./passing-hash.ts";

function digestOf(pieces: readonly Uint8Array[]): string {
  const passing = new PassingHash();
  for (const piece of pieces) {
    const passed = Uint8Array.from(piece);
    passing.add(passed);
    passed.fill(0); // whoever passed it on uses its memory again
  }
  return passing.digest();
}

test("the hash of pieces is that of their bytes, however they were cut", () => {
  const bytes = fc.nat(5_000).map((length) => Uint8Array.from({ length }, (_, at) => at * 7 + length));
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 30 }), (pieces) => {
      assert.equal(digestOf(pieces), hash("sha256", Buffer.concat(pieces), "hex"));
    }),
  );
  for (const [size, count] of [
    [1024, 8],
    [1024, 9],
    [1025, 1],
    [1, 8193],
    [200, 100],
  ] as const) {
    const pieces = Array.from({ length: count }, (_, at) => Buffer.alloc(size, at));
    assert.equal(digestOf(pieces), hash("sha256", Buffer.concat(pieces), "hex"), `${count} of ${size} bytes`);
  }
});
