// Bytes in pieces are those of the whole, wherever it is cut.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { joinPieces, pieceCutter, piecesLength } from "./byte-pieces.ts";

const pieces = fc.array(fc.uint8Array({ maxLength: 5 }), { maxLength: 20 });

describe("pieces", () => {
  test("have the length of the whole, and joined they are it", () => {
    fc.assert(
      fc.property(pieces, (list) => {
        const whole = Buffer.concat(list);
        assert.equal(piecesLength(list), whole.length);
        assert.deepEqual(Buffer.from(joinPieces(list)), whole);
      }),
    );
  });

  test("are cut where the whole is, without a copy and without empty parts", () => {
    fc.assert(
      fc.property(pieces, fc.nat({ max: 100 }), fc.nat({ max: 100 }), (list, one, other) => {
        const whole = Buffer.concat(list);
        const [start = 0, end = 0] = [one, other].map((at) => Math.min(at, whole.length)).toSorted((a, b) => a - b);
        const views = pieceCutter(list)(start, end);
        assert.deepEqual(Buffer.concat(views), whole.subarray(start, end));
        const memory = new Set<unknown>(list.map(({ buffer }) => buffer));
        assert.ok(views.every((view) => view.length > 0 && memory.has(view.buffer)));
      }),
    );
  });
});
