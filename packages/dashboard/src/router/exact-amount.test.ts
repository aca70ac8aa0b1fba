import assert from "node:assert/strict";
import { test } from "node:test";
import { exactAmount } from "./exact-amount.ts";

test("an amount keeps all its digits and has its thousands apart", () => {
  assert.equal(exactAmount("1234567.890000001"), "1,234,567.890000001");
  assert.equal(exactAmount("130"), "130");
  assert.equal(exactAmount("-1234.5"), "-1,234.5");
  assert.equal(exactAmount("0.000001"), "0.000001");
});
