import assert from "node:assert/strict";
import { test } from "node:test";
import { durationText, marksOf, speedText } from "./generation.ts";
import type { Generation, GenerationPage } from "./generation.ts";
import { isGeneration, isListed, withArrivals, withNewest } from "./generation-list.ts";
import type { KeptPages } from "./generation-list.ts";

const PAT = "6YhiWa9pnVLSCHsPdGenxTgZMUfFx7zJbwgEHbKdjdQC";

function answer(number: number): Generation {
  const told: Partial<Generation> = {
    id: `gen-${String(number).padStart(4, "0")}`,
    model: "qwen/qwen3-32b",
    provider_name: PAT,
    key_id: "k1",
    cost: "0.1",
  };
  return told as Generation;
}

function page(numbers: readonly number[], next: string | null): GenerationPage {
  return { data: numbers.map(answer), next_cursor: next };
}

function kept(...pages: GenerationPage[]): KeptPages {
  return { pages, pageParams: pages.map((_, index) => (index === 0 ? undefined : `${index}`)) };
}

function numbersIn({ pages }: KeptPages): number[][] {
  return pages.map(({ data }) => data.map(({ id }) => Number.parseInt(id.slice(4), 10)));
}

test("an answer that ended goes to its place by the moment it was asked for", () => {
  const before = kept(page([9, 8], "c"), page([6, 5], null));
  assert.deepEqual(numbersIn(withArrivals(before, [answer(10)])), [
    [10, 9, 8],
    [6, 5],
  ]);
  assert.deepEqual(numbersIn(withArrivals(before, [answer(7)])), [
    [9, 8],
    [7, 6, 5],
  ]);
  assert.deepEqual(numbersIn(withArrivals(before, [answer(1)])), [
    [9, 8],
    [6, 5, 1],
  ]);
  assert.deepEqual(numbersIn(withArrivals(before, [answer(11), answer(10)])), [
    [11, 10, 9, 8],
    [6, 5],
  ]);
  assert.deepEqual(numbersIn(withArrivals(kept(page([], null)), [answer(1)])), [[1]]);
});

test("one that is there already, or that a later page brings, changes nothing", () => {
  const before = kept(page([9, 8], "c"), page([6, 5], "d"));
  assert.equal(withArrivals(before, [answer(8), answer(5)]), before);
  assert.equal(withArrivals(before, [answer(1)]), before);
});

test("after a silence the newest page is taken in, and starts anew where it does not reach what is kept", () => {
  const before = kept(page([9, 8], "c"), page([6, 5], "d"));
  assert.deepEqual(numbersIn(withNewest(before, page([11, 10, 9], "x"))), [
    [11, 10, 9, 8],
    [6, 5],
  ]);
  const anew = withNewest(before, page([30, 29], "x"));
  assert.deepEqual([numbersIn(anew), anew.pageParams], [[[30, 29]], [undefined]]);
  assert.deepEqual(numbersIn(withNewest(kept(page([], null)), page([2, 1], null))), [[2, 1]]);
});

test("a hundred thousand answers take in a new one at once", () => {
  const pages = Array.from({ length: 1_000 }, (_, index) =>
    page(
      Array.from({ length: 100 }, (__, at) => 200_000 - index * 100 - at),
      "more",
    ),
  );
  const before = kept(...pages);
  const after = withArrivals(before, [answer(200_001)]);
  assert.equal(after.pages[0]?.data.length, 101);
  assert.equal(after.pages[999], before.pages[999], "the other pages are the same objects");
});

test("a filter lists by model, provider and key", () => {
  const all = { model: "", provider: "", key: "" };
  assert.ok(isListed(all, answer(1)));
  assert.ok(isListed({ model: "Qwen/Qwen3-32B", provider: PAT, key: "k1" }, answer(1)));
  for (const other of [{ model: "a/b" }, { provider: "Q" }, { key: "k2" }]) {
    assert.ok(!isListed({ ...all, ...other }, answer(1)));
  }
});

test("what is told live is looked at before it is listed", () => {
  assert.ok(isGeneration(answer(1)));
  for (const told of [undefined, null, "gen-1", {}, { id: 1, model: "a/b", cost: "1" }]) assert.ok(!isGeneration(told));
});

test("durations and speeds are short, and unknown ones a dash", () => {
  assert.deepEqual([null, 0, 420.4, 2_345, 65_000].map(durationText), ["–", "0 ms", "420 ms", "2.3 s", "1 min 5 s"]);
  const speeds = [
    [500, 2_000],
    [5, 1_000],
    [0, 1_000],
    [5, 0],
    [5, null],
  ] as const;
  assert.deepEqual(
    speeds.map(([tokens, ms]) => speedText({ tokens_completion: tokens, generation_time: ms })),
    ["250", "5.0", "–", "–", "–"],
  );
});

test("an answer that ended oddly says so", () => {
  const plain = {
    cancelled: false,
    interrupted: false,
    usage_adjusted: false,
    usage_estimated: false,
    usage_missing: false,
    usage_replayed: false,
  };
  assert.deepEqual(marksOf(plain), []);
  assert.deepEqual(
    marksOf({ ...plain, cancelled: true, usage_estimated: true }).map(({ words }) => words),
    ["Left early", "Estimated"],
  );
});
