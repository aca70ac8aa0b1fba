// JSON numbers as amounts: every spelling is read to the last digit, and none through a floating-point number.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { JsonNumber, parseWithNumberSources, plainDecimal } from "./json-number.ts";

/** A decimal as a fraction: `digits` over a power of ten. */
function fraction(text: string): { digits: bigint; scale: bigint } {
  const [, sign = "", whole = "", after = "", exponent = "0"] =
    /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE]\+?(-?[0-9]+))?$/.exec(text) ?? assert.fail(text);
  const digits = BigInt(`${sign}${whole}${after}`);
  const places = BigInt(after.length) - BigInt(exponent);
  return places >= 0n ? { digits, scale: 10n ** places } : { digits: digits * 10n ** -places, scale: 1n };
}

const digits = (least: number, most: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.nat(9).map(String), minLength: least, maxLength: most });
const spelling = fc
  .record({
    sign: fc.constantFrom("", "-"),
    whole: digits(1, 12).map((text) => text.replace(/^0+(?=.)/, "")),
    after: fc.option(digits(1, 12)),
    exponent: fc.option(fc.tuple(fc.constantFrom("e", "E"), fc.constantFrom("", "+", "-"), fc.nat(14))),
  })
  .map(({ sign, whole, after, exponent }) =>
    [sign, whole, after === null ? "" : `.${after}`, exponent === null ? "" : exponent.join("")].join(""),
  );

test("every spelling is the same amount without its exponent, written in one way", () => {
  fc.assert(
    fc.property(spelling, (source) => {
      const plain = plainDecimal(new JsonNumber(source));
      assert.match(plain, /^-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?$/);
      const [expected, found] = [fraction(source), fraction(plain)];
      assert.equal(found.digits * expected.scale, expected.digits * found.scale);
    }),
  );
});

for (const [source, plain] of [
  ["1e-1", "0.1"],
  ["0.1", "0.1"],
  ["1.0", "1"],
  ["12.50", "12.5"],
  ["1e16", "10000000000000000"],
  ["123.4567e2", "12345.67"],
  ["5E-7", "0.0000005"],
  ["0e999", "0"],
  ["-0.0", "-0"],
  ["0.30000000000000004", "0.30000000000000004"],
  ["9007199254740993", "9007199254740993"],
] as const) {
  test(`${source} is ${plain}`, () => assert.equal(plainDecimal(new JsonNumber(source)), plain));
}

for (const source of ["1e41", "1e-42", "1e99999", "1e-999999999999", `1${"0".repeat(60)}`, `0.${"1".repeat(60)}`]) {
  test(`${source.slice(0, 20)} stays as it was spelled, for its reader to refuse`, () => {
    assert.equal(plainDecimal(new JsonNumber(source)), source);
  });
}

test("a text's numbers keep their characters, wherever they stand, and nothing else is taken for one", () => {
  const text = '{"a":[1.10,{"b":1e-1}],"c":"1.10","d":{"source":"1"},"__proto__":{"e":2.0},"f":null,"g":true}';
  const value = parseWithNumberSources(text) as Record<string, unknown>;
  assert.deepEqual(value["a"], [new JsonNumber("1.10"), { b: new JsonNumber("1e-1") }]);
  assert.equal(value["c"], "1.10");
  assert.ok(!(value["d"] instanceof JsonNumber));
  assert.deepEqual(Object.getOwnPropertyDescriptor(value, "__proto__")?.value, { e: new JsonNumber("2.0") });
  assert.deepEqual([value["f"], value["g"]], [null, true]);
});
