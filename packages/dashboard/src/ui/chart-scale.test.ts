import assert from "node:assert/strict";
import { test } from "node:test";
import { CHART_GROUPS_MAX, chartHeight, chartScale, chartTable } from "./chart-scale.ts";

test("a scale reaches the largest value with few ticks that are short numbers", () => {
  const tops = (most: bigint): string => chartScale(most).ticks.join(" ");
  assert.equal(tops(0n), "0 1");
  assert.equal(tops(1n), "0 1");
  assert.equal(tops(3n), "0 1 2 3");
  assert.equal(tops(5n), "0 2 4 6");
  assert.equal(tops(40n), "0 10 20 30 40");
  assert.equal(tops(41n), "0 20 40 60");
  assert.equal(tops(987_654n), "0 500000 1000000");
  for (let most = 0n; most < 3_000n; most += 7n) {
    const { top, ticks } = chartScale(most);
    assert.ok(top >= most && ticks.at(-1) === top && ticks.length <= 5, `${most}`);
  }
});

test("a height is a share of the top, also of amounts that no float holds", () => {
  assert.equal(chartHeight(1n, 3n), 33.33);
  assert.equal(chartHeight(2n ** 70n, 2n ** 70n), 100);
  assert.equal(chartHeight(0n, 1n), 0);
});

test("entries are added up by day and group, the largest group first, and days without any are empty", () => {
  const { days, groups, total } = chartTable(
    [
      { day: "2026-11-25", id: "a", name: "A", value: 2n ** 60n },
      { day: "2026-11-25", id: "a", name: "A", value: 1n },
      { day: "2026-11-27", id: "b", name: "B", value: 2n ** 61n },
      { day: "2026-11-01", id: "c", name: "C", value: 9n },
    ],
    ["2026-11-25", "2026-11-26", "2026-11-27"],
  );
  assert.deepEqual(
    groups.map(({ id }) => id),
    ["b", "a"],
  );
  assert.deepEqual(days, [
    { day: "2026-11-25", parts: [0n, 2n ** 60n + 1n] },
    { day: "2026-11-26", parts: [0n, 0n] },
    { day: "2026-11-27", parts: [2n ** 61n, 0n] },
  ]);
  assert.equal(total, 2n ** 61n + 2n ** 60n + 1n);
});

test("groups beyond the colours are one, and nothing of them is lost", () => {
  const entries = Array.from({ length: 9 }, (_, index) => ({
    day: "2026-11-25",
    id: `${index}`,
    name: `m${index}`,
    value: BigInt(index + 1),
  }));
  const { days, groups, total } = chartTable(entries, ["2026-11-25"]);
  assert.equal(groups.length, CHART_GROUPS_MAX);
  assert.deepEqual(groups.at(-1)?.name, "Other (4)");
  assert.deepEqual(days[0]?.parts, [9n, 8n, 7n, 6n, 5n, 10n]);
  assert.equal(total, 45n);
});
