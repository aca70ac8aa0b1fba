import assert from "node:assert/strict";
import { test } from "node:test";
import { base58 } from "@scure/base";
import { seededRandom } from "@aimo-network/protocol/random";
import { payerNumber } from "./payer-number.ts";

test("a hundred thousand wallets have numbers of their own, whole ones that a database keeps exactly", () => {
  const random = seededRandom(3);
  const numbers = new Set<number>();
  for (let wallet = 0; wallet < 100_000; wallet += 1) {
    const number = payerNumber(base58.encode(random.bytes(32)));
    assert.ok(Number.isSafeInteger(number) && number > 0);
    numbers.add(number);
  }
  assert.equal(numbers.size, 100_000);
});

test("a wallet's number stays what it is: it is written down", () => {
  assert.equal(payerNumber("So11111111111111111111111111111111111111112"), 1_075_692_698_705_171);
});
