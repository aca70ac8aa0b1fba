import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { BodyDigest } from "./body-digest.ts";

test("the digest is that of all pieces together, however many there are", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 5 }), (pieces) => {
      const digest = new BodyDigest();
      for (const piece of pieces) digest.add(piece);
      const whole = Buffer.concat(pieces);
      assert.equal(digest.hex(), createHash("sha256").update(whole).digest("hex"));
      assert.equal(digest.bytes, whole.length);
    }),
  );
});
