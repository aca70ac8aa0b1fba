import assert from "node:assert/strict";
import { test } from "node:test";
import { exactCost } from "./exact-cost.ts";

test("the digits are those of the router, whatever a float makes of them", () => {
  assert.equal(
    exactCost('{"id":"gen-1","usage":{"prompt_tokens":1,"cost":123456789.123456789}}'),
    "123456789.123456789",
  );
  assert.equal(exactCost('{"usage": { "cost" : 0.000000001 , "x":1}}'), "0.000000001");
  assert.equal(exactCost('{"usage":{"cost":"0.5"}}'), "0.5");
});

test("a cost elsewhere is none", () => {
  assert.equal(exactCost('{"cost":1,"choices":[{"usage":{"cost":2}}]}'), undefined);
  assert.equal(exactCost(String.raw`{"text":"\"usage\":{\"cost\":9}","usage":{"details":{"cost":3}}}`), undefined);
});

test("what is no amount is not told", () => {
  for (const cost of ["null", "-1", "1e-9", "true", "{}", "[1]", "0.0000000001", '"free"']) {
    assert.equal(exactCost(`{"usage":{"cost":${cost}}}`), undefined, cost);
  }
  assert.equal(exactCost('{"usage":null,"note":"cost"}'), undefined);
});
