import assert from "node:assert/strict";
import { test } from "node:test";
import { perMillion, shortAmount } from "./amount-text.ts";

test("an amount above one keeps two places, with its thousands apart, and is cut and not rounded", () => {
  assert.equal(shortAmount("1234567.899999999"), "1,234,567.89");
  assert.equal(shortAmount("5"), "5");
  assert.equal(shortAmount("5.000000"), "5");
  assert.equal(shortAmount("5.5"), "5.50");
  assert.equal(shortAmount("-12.345"), "-12.34");
  assert.equal(shortAmount("1.009"), "1");
});

test("an amount below one keeps the first four digits that count", () => {
  assert.equal(shortAmount("0.000123456"), "0.0001234");
  assert.equal(shortAmount("0.9999999"), "0.9999");
  assert.equal(shortAmount("0"), "0");
  assert.equal(shortAmount("0.000"), "0");
  assert.equal(shortAmount("0.5"), "0.5");
  assert.equal(shortAmount("0.000000001"), "0.000000001");
});

test("a price per token becomes one per million tokens, exactly", () => {
  assert.equal(perMillion("0.0000004"), "0.4");
  assert.equal(perMillion("0.000015"), "15");
  assert.equal(perMillion("0"), "0");
  assert.equal(perMillion("0.000000000001"), "0.000001");
  assert.equal(perMillion("2"), "2000000");
});
