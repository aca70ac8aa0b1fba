import assert from "node:assert/strict";
import { test } from "node:test";
import { microUsdc } from "@aimo-network/protocol/money";
import { readAmount } from "./withdrawal-amount.ts";

test("an amount is taken up to the last unit that is there and not one beyond", () => {
  const most = microUsdc(1_500_000n);
  assert.deepEqual(readAmount("1.5", most), { amount: 1_500_000n });
  assert.deepEqual(readAmount(" 1.500000 ", most), { amount: 1_500_000n });
  assert.match(readAmount("1.500001", most).fault ?? "", /^1\.5 USDC can be withdrawn/);
});

test("what is no amount is refused with what was expected, and an empty field is no fault", () => {
  const most = microUsdc(10_000_000n);
  assert.deepEqual(readAmount("  ", most), {});
  for (const text of ["1,5", "-1", "1e3", "0x10", "1.0000001", "five", ".5", "01"]) {
    assert.match(readAmount(text, most).fault ?? "", /six decimals/, text);
  }
  assert.match(readAmount("0.00", most).fault ?? "", /more than 0/);
});
