// Spending of a limit, digit by digit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyRecord } from "../__fixtures__/key-record.ts";
import type { LimitReset } from "../key-record.ts";
import type { Spent } from "./spent.ts";
import { spentOf } from "./spent.ts";

function spent(usage: string, limit: string | null, reset: LimitReset = null): Spent {
  const windows = { usage_daily: "0.1", usage_weekly: "0.2", usage_monthly: "0.3" };
  const found = spentOf(keyRecord({ limit_reset: reset }, { usage, limit, limit_remaining: "7", ...windows }));
  assert.ok(found !== undefined);
  return found;
}

test("the bar is as full as the spending, in tenths of a percent that are cut and not rounded", () => {
  for (const [usage, limit, width, level] of [
    ["0", "10", "0.0%", "easy"],
    ["3.333333333", "10", "33.3%", "easy"],
    ["8.999999999", "10", "89.9%", "easy"],
    ["9", "10", "90.0%", "near"],
    ["9.999999999", "10", "99.9%", "near"],
    ["10", "10", "100.0%", "full"],
    ["12", "10", "100.0%", "full"],
    ["0", "0", "100.0%", "full"],
    ["9007199254.740993", "9007199254.740994", "99.9%", "near"],
  ] as const) {
    const { width: found, level: how } = spent(usage, limit);
    assert.deepEqual([usage, limit, found, how], [usage, limit, width, level]);
  }
});

test("the least spending can be seen", () => {
  assert.equal(spent("0.000000001", "1000").width, "0.1%");
});

test("a limit that begins anew counts what was charged since then", () => {
  assert.deepEqual(
    ([null, "daily", "weekly", "monthly"] as const).map((reset) => spent("5", "10", reset).spent),
    ["5", "0.1", "0.2", "0.3"],
  );
  assert.match(spent("5", "10", "weekly").title, /^0\.2 of 10 USDC charged this week; 7 USDC may still be spent/);
});

test("without a limit there is no bar, and a key that only earns has no spending", () => {
  const free = spent("5.000000001", null);
  assert.deepEqual([free.width, free.title], [undefined, "5.000000001 USDC charged in all, no limit"]);
  assert.equal(spentOf(keyRecord({}, { kind: "signed", earn_only: true, limit: "0" })), undefined);
});
