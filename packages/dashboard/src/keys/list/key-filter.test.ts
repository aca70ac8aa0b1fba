// Searching and paging through keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyRecord } from "../__fixtures__/key-record.ts";
import type { KeyFilter } from "./key-filter.ts";
import { filteredKeys, NO_FILTER, pageOf } from "./key-filter.ts";

const NOW_MS = Date.parse("2026-11-26T16:00:00.000Z");
const KEYS = [
  keyRecord({ name: "Laptop", created_at: "2026-11-01T00:00:00.000Z" }),
  keyRecord({ name: "bot", created_at: "2026-11-03T00:00:00.000Z", allowed_models: ["meta/llama"] }),
  keyRecord({ name: "old", created_at: "2026-11-02T00:00:00.000Z", revoked_at: "2026-11-04T00:00:00.000Z" }),
  keyRecord(
    { name: "gpu", created_at: "2026-10-01T00:00:00.000Z", disabled: true },
    { kind: "signed", earn_only: true },
  ),
];

function names(filter: Partial<KeyFilter>): readonly string[] {
  return filteredKeys(KEYS, { ...NO_FILTER, ...filter }, NOW_MS).map(({ name }) => name);
}

test("without a filter all keys are shown, the newest first", () => {
  assert.deepEqual(names({}), ["bot", "old", "Laptop", "gpu"]);
});

test("keys are found by name, model and id, whatever the case", () => {
  assert.deepEqual(names({ text: " laptop " }), ["Laptop"]);
  assert.deepEqual(names({ text: "META/" }), ["bot"]);
  assert.deepEqual(names({ text: "beee7c29" }).length, KEYS.length);
  assert.deepEqual(names({ text: "nothing" }), []);
});

test("keys are told apart by kind, and by whether they have ended for good", () => {
  assert.deepEqual(names({ kind: "provider" }), ["gpu"]);
  assert.deepEqual(names({ state: "ended" }), ["old"]);
  assert.deepEqual(names({ state: "good" }), ["bot", "Laptop", "gpu"]);
});

test("a page that is no longer there is the last one", () => {
  const items = Array.from({ length: 101 }, (_, index) => index);
  assert.deepEqual(pageOf(items, 1, 50).items.length, 50);
  assert.deepEqual(pageOf(items, 9, 50), { items: [100], number: 3, count: 3 });
  assert.deepEqual(pageOf([], 2, 50), { items: [], number: 1, count: 1 });
});
