// Amounts keep their range and every digit, and division rounds as it is told.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isAimoError } from "./errors.ts";
import {
  divide,
  formatMicroUsdc,
  formatMicroUsdcFixed,
  formatNanoUsdc,
  microToNanoAtMost,
  microUsdc,
  nanoUsdc,
  parseMicroUsdc,
  parseNanoUsdc,
} from "./money.ts";

const MAX = 2n ** 63n - 1n;
const amount = fc.bigInt({ min: 0n, max: MAX });

function refuses(make: () => unknown, found: string): void {
  assert.throws(make, (error) => isAimoError(error, "invalid_amount") && error.context.found === found);
}

test("an amount is 0 to 2^63-1, and nothing on either side", () => {
  for (const make of [nanoUsdc, microUsdc]) {
    assert.equal(make(0n), 0n);
    assert.equal(make(MAX), MAX);
    refuses(() => make(-1n), "-1");
    refuses(() => make(MAX + 1n), "9223372036854775808");
  }
});

test("every amount reads back as it was written", () => {
  fc.assert(
    fc.property(amount, (value) => {
      assert.equal(parseNanoUsdc(formatNanoUsdc(nanoUsdc(value))), value);
      assert.equal(parseMicroUsdc(formatMicroUsdc(microUsdc(value))), value);
      assert.equal(parseMicroUsdc(formatMicroUsdcFixed(microUsdc(value))), value);
    }),
  );
});

test("an amount is written with as many decimals as it needs, or with exactly six", () => {
  const written: readonly (readonly [bigint, string, string, string])[] = [
    [0n, "0", "0", "0.000000"],
    [1n, "0.000000001", "0.000001", "0.000001"],
    [1_000_000n, "0.001", "1", "1.000000"],
    [12_500_000n, "0.0125", "12.5", "12.500000"],
    [1_000_000_000n, "1", "1000", "1000.000000"],
    [MAX, "9223372036.854775807", "9223372036854.775807", "9223372036854.775807"],
  ];
  for (const [value, nano, micro, fixed] of written) {
    assert.deepEqual(
      [formatNanoUsdc(nanoUsdc(value)), formatMicroUsdc(microUsdc(value)), formatMicroUsdcFixed(microUsdc(value))],
      [nano, micro, fixed],
    );
  }
});

test("an amount reads as people write it, with zeros that change nothing", () => {
  assert.equal(parseMicroUsdc("1.50"), 1_500_000n);
  assert.equal(parseMicroUsdc("10"), 10_000_000n);
  assert.equal(parseMicroUsdc("0.000001"), 1n);
  assert.equal(parseMicroUsdc("0.0000010"), 1n);
  assert.equal(parseNanoUsdc("0.000000001"), 1n);
});

test("a digit too many is refused, and what would overflow", () => {
  refuses(() => parseMicroUsdc("0.0000001"), "0.0000001");
  refuses(() => parseMicroUsdc("1.0000005"), "1.0000005");
  refuses(() => parseNanoUsdc("0.0000000001"), "0.0000000001");
  refuses(() => parseMicroUsdc("9223372036854.775808"), "9223372036854775808");
  refuses(() => parseNanoUsdc("9223372036.854775808"), "9223372036854775808");
  refuses(() => parseMicroUsdc("10000000000000"), "10000000000000");
});

test("signs, exponents, spaces, grouping, other digits and nothing are refused", () => {
  const texts = [
    "",
    "-1",
    "+1",
    "1e3",
    "1E3",
    ".5",
    "1.",
    "01",
    "00",
    "1,5",
    "1_000",
    " 1",
    "1 ",
    "1\n",
    "0x1",
    "NaN",
    "Infinity",
    "1.2.3",
    "١",
  ];
  for (const text of texts) {
    refuses(() => parseMicroUsdc(text), text);
    refuses(() => parseNanoUsdc(text), text);
  }
});

test("arbitrary text is an amount or invalid_amount, and its message holds no more than 60 characters of it", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.eE+-]{0,40}$/)), (text) => {
      try {
        assert(parseMicroUsdc(text) >= 0n);
      } catch (error) {
        assert(isAimoError(error, "invalid_amount"));
      }
    }),
  );
  refuses(() => parseMicroUsdc("x".repeat(1_000_000)), "x".repeat(60));
});

test("micro-USDC are a thousand times as many nano-USDC, up to the most that an amount can be", () => {
  assert.equal(microToNanoAtMost(microUsdc(0n)), 0n);
  assert.equal(microToNanoAtMost(microUsdc(1_234_567n)), 1_234_567_000n);
  assert.equal(microToNanoAtMost(microUsdc(MAX / 1_000n)), (MAX / 1_000n) * 1_000n);
  assert.equal(microToNanoAtMost(microUsdc(MAX / 1_000n + 1n)), MAX);
  assert.equal(microToNanoAtMost(microUsdc(MAX)), MAX);
});

test("division rounds the way it is told, by less than one", () => {
  assert.deepEqual([divide(7n, 2n, "down"), divide(7n, 2n, "up")], [3n, 4n]);
  assert.deepEqual([divide(8n, 2n, "down"), divide(8n, 2n, "up")], [4n, 4n]);
  assert.deepEqual([divide(0n, 3n, "down"), divide(0n, 3n, "up")], [0n, 0n]);
  assert.deepEqual([divide(1n, MAX, "down"), divide(1n, MAX, "up")], [0n, 1n]);
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 1n, max: MAX }), (numerator, denominator) => {
      const down = divide(numerator, denominator, "down");
      const up = divide(numerator, denominator, "up");
      assert(down * denominator <= numerator && numerator < (down + 1n) * denominator);
      assert.equal(up - down, numerator % denominator === 0n ? 0n : 1n);
    }),
  );
});

test("division refuses a negative numerator and a denominator that is not above 0", () => {
  refuses(() => divide(-1n, 2n, "up"), "-1 / 2");
  refuses(() => divide(1n, 0n, "down"), "1 / 0");
  refuses(() => divide(1n, -2n, "down"), "1 / -2");
});

test("a share rounded down and the rest, or the other way round, sum to the whole", () => {
  fc.assert(
    fc.property(amount, fc.bigInt({ min: 0n, max: 10_000n }), (whole, basisPoints) => {
      const fee = divide(whole * basisPoints, 10_000n, "down");
      const rest = divide(whole * (10_000n - basisPoints), 10_000n, "up");
      assert.equal(nanoUsdc(fee) + nanoUsdc(rest), whole);
    }),
  );
});

test("summing first and rounding once charges no more than rounding every part", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 15n }), { maxLength: 20 }), (parts) => {
      const once = divide(
        parts.reduce((sum, part) => sum + part, 0n),
        1_000n,
        "up",
      );
      const each = parts.reduce((sum, part) => sum + divide(part, 1_000n, "up"), 0n);
      assert(once <= each && each - once <= BigInt(parts.length));
    }),
  );
});
