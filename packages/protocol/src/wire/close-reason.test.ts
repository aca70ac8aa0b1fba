// Any text becomes a reason that fits a close frame.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { closeReason } from "./close-reason.ts";

test("a reason of plain words is kept and cut at 123 bytes", () => {
  assert.equal(closeReason("no welcome came"), "no welcome came");
  assert.equal(closeReason("x".repeat(200)), "x".repeat(123));
});

test("any text, whatever its script, is a reason of at most 123 bytes on one line", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300, size: "max" }), (text) => {
      const reason = closeReason(text);
      assert.ok(Buffer.byteLength(reason) <= 123);
      assert.match(reason, /^[\x20-\x7e]*$/);
    }),
  );
});
