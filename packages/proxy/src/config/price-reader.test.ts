// Prices keep every digit they were written with, or are refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { guideWith, onlyFaultOf, parsed } from "./sample-config.ts";

const priceOf = (written: string): string | undefined =>
  parsed(guideWith(["prompt = 2.5", `prompt = ${written}`])).models[0]?.offer.pricing.prompt;

test("prices are read digit by digit, as integers, floats or texts", () => {
  const readings: readonly (readonly [string, string])[] = [
    ["10.0", "10"],
    ["2.50", "2.5"],
    ["1_000.5", "1000.5"],
    ["0", "0"],
    ["0.0", "0"],
    ["+2.5", "2.5"],
    ["3", "3"],
    ["1_000_000", "1000000"],
    ["0.000001", "0.000001"],
    ["0.1", "0.1"],
    ["0.3", "0.3"],
    ["0.1000000", "0.1"],
    ["123456.654321", "123456.654321"],
    ['"2.5"', "2.5"],
    ["'0.000001'", "0.000001"],
  ];
  for (const [written, price] of readings) assert.equal(priceOf(written), price, written);
});

test("an exponent is read exactly where six decimals hold it", () => {
  const readings: readonly (readonly [string, string])[] = [
    ["1e-6", "0.000001"],
    ["25e-1", "2.5"],
    ["1.5E+3", "1500"],
    ["1e0", "1"],
    ["0.0000001e1", "0.000001"],
    ["0e-20", "0"],
  ];
  for (const [written, price] of readings) assert.equal(priceOf(written), price, written);
});

test("signs, inf, nan, a seventh decimal, other bases and other kinds of values are refused", () => {
  const refused = [
    "-2.5",
    "-0",
    "-0.0",
    "inf",
    "-inf",
    "+inf",
    "nan",
    "-nan",
    "0.0000001",
    "2.1234567",
    "1e-7",
    "1e-400",
  ];
  for (const written of [...refused, "1.00000001e1", "0x10", "0b1", "1e21", "true", "1979-05-27"]) {
    const found = written === "1979-05-27" ? "a date" : written;
    assert.equal(
      onlyFaultOf(guideWith(["prompt = 2.5", `prompt = ${written}`])),
      `18 models[0].pricing.prompt: expected USDC per million tokens with at most 6 decimals, found ${found}`,
    );
  }
  for (const written of ['"-1"', '"1e3"', '""', '" 1"', '"1,5"', '"$2"', '"1_000"']) {
    const fault = onlyFaultOf(guideWith(["prompt = 2.5", `prompt = ${written}`]));
    assert.ok(fault.endsWith(`found ${written}`), fault);
  }
});

test("a price above a million USDC is refused with the limit", () => {
  assert.equal(
    onlyFaultOf(guideWith(["# image = 1.0", "image = 1_000_000.000001"])),
    "22 models[0].pricing.image: expected a price `image` of at most 1000000 USDC, found 1000000.000001",
  );
});

test("a missing price and a misspelt one are refused", () => {
  assert.equal(
    onlyFaultOf(guideWith(["completion = 10.0", ""])),
    "16 models[0].pricing.completion: expected USDC per million tokens with at most 6 decimals, found no `completion`",
  );
  assert.equal(
    onlyFaultOf(guideWith(["completion = 10.0", "completions = 10.0"])),
    "20 models[0].pricing.completions: unknown key `completions`; did you mean `completion`?",
  );
});

test("any amount of micro-USDC in range reads to itself, in each of its spellings", () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), fc.integer({ min: -6, max: 6 }), (micro, shift) => {
      const fixed = `${micro / 1_000_000n}.${(micro % 1_000_000n).toString().padStart(6, "0")}`;
      const expected = fixed.replace(/\.?0+$/, "");
      assert.equal(priceOf(fixed), expected);
      assert.equal(priceOf(`"${fixed}"`), expected);
      assert.equal(priceOf(`${micro}e-6`), expected);
      const scaled = micro * 10n ** BigInt(shift + 6);
      assert.equal(priceOf(`${scaled}e${-12 - shift}`), expected);
    }),
    { numRuns: 50 },
  );
});
