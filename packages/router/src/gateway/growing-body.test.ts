// A body in pieces: the same bytes however it is cut, in room that grows with it and never beyond its bounds.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { BODY_ROOM_BYTES } from "../limits.ts";
import { GrowingBody } from "./growing-body.ts";

describe("a growing body", () => {
  test("is its pieces joined, in room of at most twice their length", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 20 }), (pieces) => {
        const whole = Buffer.concat(pieces);
        let heldBytes = 0;
        const body = new GrowingBody(1_000_000, (bytes) => (heldBytes += bytes));
        for (const piece of pieces) body.add(piece);
        assert.deepEqual(body.bytes, whole);
        assert.ok(heldBytes >= whole.length && heldBytes <= Math.max(BODY_ROOM_BYTES, 2 * whole.length));
      }),
    );
  });

  test("takes exactly the room of a length that is known", () => {
    let heldBytes = 0;
    const body = new GrowingBody(10_000, (bytes) => (heldBytes += bytes));
    for (let count = 0; count < 10; count += 1) body.add(Buffer.alloc(1_000));
    assert.deepEqual([body.length, heldBytes], [10_000, 10_000]);
  });

  test("that may not grow keeps what it has", () => {
    const body = new GrowingBody(1_000_000, (bytes) => {
      if (bytes > BODY_ROOM_BYTES) throw new Error("no more");
    });
    body.add(Buffer.from("abc"));
    assert.throws(() => body.add(Buffer.alloc(20_000)), /no more/);
    assert.deepEqual(body.bytes, Buffer.from("abc"));
  });
});
