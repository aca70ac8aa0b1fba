// Words for people are exact.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { parseMicroUsdc } from "@aimo-network/protocol/money";
import { durationWords, momentWords, usdcWords } from "./plain-words.ts";

test("amounts have at least two decimals, and every one they need", () => {
  const cases = [
    [5_000_000n, "5.00 USDC"],
    [1n, "0.000001 USDC"],
    [1_500_000n, "1.50 USDC"],
    [0n, "0.00 USDC"],
  ] as const;
  for (const [amount, words] of cases) assert.equal(usdcWords(amount), words);
  const amounts = fc.bigInt({ min: 0n, max: 2n ** 53n });
  fc.assert(
    fc.property(amounts, (amount) => assert.equal(parseMicroUsdc(usdcWords(amount).replace(" USDC", "")), amount)),
  );
});

test("moments are the dates they are, from 1970 to 9999, and bare numbers elsewhere", () => {
  assert.equal(momentWords(0n), "1970-01-01 00:00:00 UTC");
  assert.equal(momentWords(951_782_399n), "2000-02-28 23:59:59 UTC");
  assert.equal(momentWords(951_782_400n), "2000-02-29 00:00:00 UTC");
  assert.equal(momentWords(-1n), "second -1");
  assert.equal(momentWords(253_402_300_800n), "second 253402300800");
  const seconds = fc.integer({ min: 0, max: 253_402_300_799 });
  fc.assert(
    fc.property(seconds, (second) => {
      const expected = new Date(second * 1000).toISOString().replace("T", " ").replace(".000Z", " UTC");
      assert.equal(momentWords(BigInt(second)), expected);
    }),
    { numRuns: 1_000 },
  );
});

test("durations name only the units they need", () => {
  const cases = [
    [0n, "0 s"],
    [90n, "1 min 30 s"],
    [3_600n, "1 h"],
    [604_800n, "7 d"],
    [90_061n, "1 d 1 h 1 min 1 s"],
  ] as const;
  for (const [seconds, words] of cases) assert.equal(durationWords(seconds), words);
});
