import assert from "node:assert/strict";
import { test } from "node:test";
import { activeFilters, unfiltered } from "./active-filters.ts";

const WALLET = "5GWcEtsiffewj3u49QNsJH4QnMnaDxUuV7xJYJsmW1KB";

test("each filter in force has its words, and goes alone", () => {
  const search = {
    q: "x",
    sort: "name",
    input: "text,image",
    can: "tools",
    author: "qwen",
    provider: WALLET,
    context: 128_000,
    max_price: "0.5",
    verified: true,
  } as const;
  const filters = activeFilters(search);
  assert.deepEqual(
    filters.map(({ words }) => words),
    [
      ...["Takes text", "Takes image", "Tools", "By qwen", "Sold by 5GWc…W1KB", "Context from 128K"],
      ...["At most 0.5 USDC in", "Verified"],
    ],
  );
  assert.deepEqual(filters[0]?.without, { ...search, input: "image" });
  const { author: _, ...others } = search;
  assert.deepEqual(filters[3]?.without, others);
  assert.equal(new Set(filters.map(({ id }) => id)).size, filters.length);
});

test("without filters there are none, and taking all of them off keeps the text and the order", () => {
  assert.deepEqual(activeFilters({ q: "x", sort: "name" }), []);
  assert.deepEqual(unfiltered({ q: "x", sort: "name", author: "qwen", verified: true }), { q: "x", sort: "name" });
  assert.deepEqual(unfiltered({ author: "qwen" }), {});
});
