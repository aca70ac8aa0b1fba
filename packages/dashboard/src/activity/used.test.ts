import assert from "node:assert/strict";
import { test } from "node:test";
import { chartEntries, measureTick, measureWords, totalOf, usedBy, usedCells } from "./used.ts";
import type { ActivityRow } from "./used.ts";
import { lastDays } from "./utc-days.ts";

const ROW: ActivityRow = {
  date: "2026-11-25",
  model: "qwen/qwen3-32b",
  cost: "0.000000001",
  requests: 2,
  prompt_tokens: 1_000,
  completion_tokens: 500,
  cached_tokens: 400,
  reasoning_tokens: 120,
};
const rowOf = (more: Partial<ActivityRow>): ActivityRow => ({ ...ROW, ...more });

test("rows of several providers are one for each day and model, to the last digit", () => {
  const used = usedBy(
    [
      rowOf({ cost: "9007199254.740993001" }),
      rowOf({}),
      rowOf({ date: "2026-11-26", cost: "7" }),
      rowOf({ date: "2026-11-26", model: "other/m", cost: "8" }),
    ],
    "model",
  );
  assert.deepEqual(
    used.map(({ day, name, cost, requests }) => [day, name, cost, requests]),
    [
      ["2026-11-26", "other/m", 8_000_000_000n, 2n],
      ["2026-11-26", "qwen/qwen3-32b", 7_000_000_000n, 2n],
      ["2026-11-25", "qwen/qwen3-32b", 9_007_199_254_740_993_002n, 4n],
    ],
  );
  const { cost, promptTokens, cachedTokens } = totalOf(used);
  assert.deepEqual([cost, promptTokens, cachedTokens], [9_007_199_269_740_993_002n, 4_000n, 1_600n]);
  assert.equal(chartEntries(used, "tokens").at(-1)?.value, 3_000n);
});

test("rows by key have the key's name, or its id where it has none", () => {
  const used = usedBy(
    [
      rowOf({ api_key_hash: "a".repeat(32), api_key_label: "CI", cost: "2" }),
      rowOf({ api_key_hash: "b".repeat(32), api_key_label: null, cost: "1" }),
      rowOf({ api_key_hash: "b".repeat(32), api_key_label: null, model: "x/y", cost: "0.5" }),
    ],
    "key",
  );
  assert.deepEqual(
    used.map(({ name, cost }) => [name, cost]),
    [
      ["CI", 2_000_000_000n],
      ["Key bbbb…bbbb", 1_500_000_000n],
    ],
  );
  assert.deepEqual(usedCells(used, "key")[1], [
    ...["2026-11-25", "CI", "a".repeat(32), "2", "1000", "400", "500", "120", "2"],
  ]);
  assert.deepEqual(usedCells(usedBy([ROW], "model"), "model"), [
    ["day", "model", "requests", "prompt_tokens", "cached_tokens", "completion_tokens", "reasoning_tokens", "usdc"],
    ["2026-11-25", "qwen/qwen3-32b", "2", "1000", "400", "500", "120", "0.000000001"],
  ]);
});

test("values are told with all digits, and the ticks of a scale are short", () => {
  assert.equal(measureWords(420_000n, "spend"), "0.00042 USDC");
  assert.equal(measureWords(1_234_567n, "tokens"), "1,234,567 tokens");
  assert.equal(measureWords(1n, "requests"), "1 request");
  const ticks = [0n, 5n, 500n, 1_000n, 1_500n, 20_000n, 2_000_000n, 1_500_000_000n];
  assert.deepEqual(
    ticks.map((value) => measureTick(value, "tokens")),
    ["0", "5", "500", "1k", "1.5k", "20k", "2M", "1.5B"],
  );
  assert.equal(measureTick(1_000_000n, "spend"), "0.001");
});

test("days are those of UTC, across a month", () => {
  assert.deepEqual(lastDays(Date.UTC(2026, 11, 2, 0, 0, 1), 3), ["2026-11-30", "2026-12-01", "2026-12-02"]);
});
