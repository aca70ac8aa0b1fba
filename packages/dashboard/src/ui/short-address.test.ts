import assert from "node:assert/strict";
import { test } from "node:test";
import { shortAddress } from "./short-address.ts";

test("a long address keeps its ends, and a short one is whole", () => {
  assert.equal(shortAddress("5GWcEtsiffewj3u49QNsJH4QnMnaDxUuV7xJYJsmW1KB"), "5GWc…W1KB");
  assert.equal(shortAddress("11111111"), "11111111");
  assert.equal(shortAddress(""), "");
});
