// Members that a router wrote are what they have to be, or are not there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { countIn, listIn, measureIn, objectIn, textIn, textsIn, usdcIn } from "./told-members.ts";

const ODD = [undefined, null, 1, "text", [], {}, true];

test("a member of another kind is none, and so is one of what is no object", () => {
  for (const value of ODD) {
    const told = { told: value };
    if (typeof value !== "string") assert.equal(textIn(told, "told"), undefined);
    if (value !== 1) assert.equal(countIn(told, "told"), undefined);
    if (!Array.isArray(value)) assert.equal(listIn(told, "told"), undefined);
    assert.deepEqual(objectIn(told, "told"), {});
    assert.equal(textIn(value, "length"), undefined);
    assert.deepEqual(textsIn(value, "told"), []);
  }
});

test("whole numbers count, measures may have a fraction, and texts are picked from a list", () => {
  assert.deepEqual(
    [7, 0.5, 2 ** 53, Number.NaN].map((told) => countIn({ told }, "told")),
    [7, undefined, undefined, undefined],
  );
  assert.deepEqual(
    [7, "0.5", "none", Number.POSITIVE_INFINITY].map((told) => measureIn({ told }, "told")),
    [7, 0.5, undefined, undefined],
  );
  assert.deepEqual(textsIn({ told: ["a", 1, "b", null] }, "told"), ["a", "b"]);
});

test("amounts keep every digit, and are none where they are no decimal USDC", () => {
  assert.equal(usdcIn({ told: "0.000000001" }, "told"), 1n);
  assert.equal(usdcIn({ told: 2 }, "told"), 2_000_000_000n);
  for (const told of ["0.0000000001", "-1", "1e3", "", null]) assert.equal(usdcIn({ told }, "told"), undefined);
});
