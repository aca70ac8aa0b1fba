import assert from "node:assert/strict";
import { test } from "node:test";
import { chartEntries, csvRows, lastDays, newestRows } from "./earned-days.ts";

const row = (date: string, model: string, earned: string, requests = 1) => ({ date, model, earned, requests });
const NOON = Date.UTC(2026, 10, 26, 12);

test("days are those of UTC, the oldest first, across the end of a month", () => {
  assert.deepEqual(lastDays(Date.UTC(2026, 11, 1, 23, 59), 3), ["2026-11-29", "2026-11-30", "2026-12-01"]);
});

test("the chart gets every row in nano-USDC, exactly", () => {
  const [entry] = chartEntries([row("2026-11-26", "b/n", "9007199.254740993")]);
  assert.deepEqual(entry, { id: "b/n", name: "b/n", day: "2026-11-26", value: 9_007_199_254_740_993n });
});

test("the table has the newest day first and in it the most earned, and no day that was not asked for", () => {
  const rows = [
    row("2026-11-25", "a/m", "1"),
    row("2026-11-26", "a/m", "2"),
    row("2026-11-26", "b/n", "10"),
    row("2026-11-24", "a/m", "5"),
  ];
  assert.deepEqual(
    newestRows(rows, lastDays(NOON, 2)).map(({ date, model }) => `${date} ${model}`),
    ["2026-11-26 b/n", "2026-11-26 a/m", "2026-11-25 a/m"],
  );
});

test("the file has all digits", () => {
  assert.deepEqual(csvRows([row("2026-11-26", "a/m", "0.000000001", 7)]), [["2026-11-26", "a/m", "7", "0.000000001"]]);
});
