import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOfBase64, textOfBytes } from "./base64-text.ts";

test("every byte comes back as it was", () => {
  const bytes = Uint8Array.from({ length: 1_232 }, (_, index) => index % 256);
  const text = textOfBytes(bytes);
  assert.equal(text, Buffer.from(bytes).toString("base64"));
  assert.deepEqual(bytesOfBase64(text), bytes);
});

test("what is no base64 is refused", () => {
  assert.throws(() => bytesOfBase64("no*base64"), /is no transaction/);
});
