// Pieces come back whole and in order, and many small ones are not kept apart.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GatheredBytes } from "./gathered-bytes.ts";

test("pieces of any sizes come back whole and in order", () => {
  const pieces = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 1_500, size: "max" });
  fc.assert(
    fc.property(pieces, (list) => {
      const gathered = new GatheredBytes();
      for (const piece of list) gathered.add(piece);
      const whole = Buffer.concat(list);
      assert.equal(gathered.length, whole.length);
      assert.deepEqual(Buffer.from(gathered.joined()), whole);
    }),
    { numRuns: 50 },
  );
});

test("what has been joined is not joined again, and takes more pieces behind it", () => {
  const gathered = new GatheredBytes();
  for (const byte of [1, 2]) gathered.add(Uint8Array.of(byte));
  const whole = gathered.joined();
  assert.equal(gathered.joined(), whole);
  gathered.add(Uint8Array.of(3));
  assert.deepEqual([...gathered.joined()], [1, 2, 3]);
  assert.deepEqual([gathered.length, gathered.parts], [3, 1]);
});

test("a single piece is given as it came, without a copy", () => {
  const piece = Uint8Array.of(1, 2, 3);
  const gathered = new GatheredBytes();
  gathered.add(piece);
  assert.equal(gathered.joined(), piece);
});

test("a small view of a large message is copied, so that the message can go", () => {
  const message = Buffer.alloc(10_000, 7);
  for (const [piece, isCopied] of [
    [message.subarray(10, 5_009), true],
    [message.subarray(10, 5_010), false],
  ] as const) {
    const gathered = new GatheredBytes();
    gathered.add(piece);
    assert.equal(gathered.joined().buffer !== message.buffer, isCopied);
    assert.deepEqual(Buffer.from(gathered.joined()), piece);
  }
});

test("a hundred thousand pieces of one byte are a few hundred parts of memory", () => {
  const gathered = new GatheredBytes();
  for (let index = 0; index < 100_000; index += 1) gathered.add(Uint8Array.of(index));
  assert.ok(gathered.parts <= 100_000 / 256 + 256, `${gathered.parts} parts`);
  assert.ok(gathered.joined().every((byte, index) => byte === (index & 0xff)));
});

test("a thousand large pieces are kept as they came: nothing is copied", () => {
  const gathered = new GatheredBytes();
  const pieces = Array.from({ length: 1_000 }, (_, index) => new Uint8Array(4_096).fill(index));
  for (const piece of pieces) gathered.add(piece);
  const kept = gathered.pieces();
  assert.equal(kept.length, pieces.length);
  assert.ok(kept.every((piece, index) => piece === pieces[index]));
});

test("cleared, it holds nothing", () => {
  const gathered = new GatheredBytes();
  for (let index = 0; index < 300; index += 1) gathered.add(Uint8Array.of(index));
  gathered.clear();
  assert.deepEqual([gathered.length, gathered.parts, gathered.joined().length], [0, 0, 0]);
});
