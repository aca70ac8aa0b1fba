import assert from "node:assert/strict";
import { test } from "node:test";
import { findMoneyArithmetic } from "./money-arithmetic.ts";
import { projectFile } from "./project-file.ts";

const BROKEN = [
  "Number(amount);",
  "parseFloat(text);",
  "parseInt(text, 10);",
  "amount.toFixed(2);",
  "Number.parseFloat(text);",
  "price.toPrecision(3);",
  "+amount;",
];

function count(path: string, text: string): number {
  return findMoneyArithmetic([projectFile(path, text)]).length;
}

test("each conversion to a floating-point number is found in every place that counts money", () => {
  const places = [
    "router/src/billing/a.ts",
    "router/src/ledger/b/c.ts",
    "router/src/ledger/database/a.ts",
    "escrow/src/a.ts",
    "protocol/src/money.ts",
    "protocol/src/price.ts",
  ];
  for (const place of places) {
    for (const text of BROKEN) assert.equal(count(`packages/${place}`, text), 1, `${place}: ${text}`);
  }
});

test("bigints, checks and other places are fine", () => {
  assert.equal(
    count("packages/router/src/ledger/a.ts", "BigInt(text); a + b; Number.isSafeInteger(n); amount.toString();"),
    0,
  );
  assert.equal(count("packages/router/src/market/a.ts", BROKEN.join("\n")), 0);
  assert.equal(count("packages/router/src/ledger/database/embedded/a.ts", BROKEN.join("\n")), 0);
  assert.equal(count("packages/router/src/ledger/a.test.ts", BROKEN.join("\n")), 0);
});
