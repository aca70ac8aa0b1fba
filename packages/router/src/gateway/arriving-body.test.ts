// A body that arrives: bytes while it is small, pieces once it is large, and never more counted than it takes.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { ArrivingJson } from "@aimo-network/protocol/arriving-json";
import { WHOLE_JSON_BYTES_MAX } from "@aimo-network/protocol/limits";
import { ArrivingBody } from "./arriving-body.ts";

function arrive(bytes: number, pieceBytes: number, bytesMax = bytes): { body: ArrivingBody; heldBytes: number } {
  let heldBytes = 0;
  const body = new ArrivingBody(bytesMax, (more) => (heldBytes += more));
  for (let left = bytes; left > 0; left -= pieceBytes) body.add(Buffer.alloc(Math.min(left, pieceBytes), "x"));
  return { body, heldBytes };
}

describe("an arriving body", () => {
  test("of the limit is one buffer, and one byte more is kept in pieces", () => {
    const small = arrive(WHOLE_JSON_BYTES_MAX, 1_000).body;
    assert.deepEqual(small.body, Buffer.alloc(WHOLE_JSON_BYTES_MAX, "x"));
    const large = arrive(WHOLE_JSON_BYTES_MAX + 1, 1_000).body;
    assert.ok(large.body instanceof ArrivingJson);
    assert.equal(large.body.skeleton().text, "x".repeat(WHOLE_JSON_BYTES_MAX + 1));
    assert.equal(large.length, WHOLE_JSON_BYTES_MAX + 1);
  });

  test("is counted as it comes: what was announced and has not come takes nothing", () => {
    for (const pieceBytes of [1_000, 64 * 1024, 1024 * 1024]) {
      const { body, heldBytes } = arrive(5_000_000, pieceBytes, 30_000_000);
      assert.equal(body.length, 5_000_000);
      assert.ok(heldBytes >= 5_000_000 && heldBytes <= 5_000_000 + WHOLE_JSON_BYTES_MAX, `${heldBytes} held`);
    }
  });

  test("that may take no more keeps what it has, and no byte of the piece", () => {
    const body = new ArrivingBody(1_000_000, (bytes) => {
      if (bytes > WHOLE_JSON_BYTES_MAX) throw new Error("no more");
    });
    body.add(Buffer.alloc(WHOLE_JSON_BYTES_MAX));
    assert.throws(() => body.add(Buffer.alloc(WHOLE_JSON_BYTES_MAX + 1)), /no more/);
    assert.equal(body.length, WHOLE_JSON_BYTES_MAX);
  });
});
