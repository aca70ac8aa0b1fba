// Drafts of provider keys, held to the bounds of what a wallet signs.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KeyContentV2 } from "@aimo-network/protocol/keys/key-content";
import type { ProviderKeyDraft } from "./key-draft.ts";
import { FIRST_DRAFT, readProviderKey } from "./key-draft.ts";

const NOW_MS = Date.parse("2026-11-26T16:00:00.000Z");
const DAY_MS = 86_400_000;

function contentOf(draft: Partial<ProviderKeyDraft>): KeyContentV2 {
  const read = readProviderKey({ ...FIRST_DRAFT, ...draft }, NOW_MS);
  assert.ok(read.kind === "good");
  return read.content;
}

test("the first draft is the guide's key: it serves for 90 days and never spends", () => {
  assert.deepEqual(contentOf({}), {
    ...{ version: 2, createdAtMs: NOW_MS, validForMs: 90 * DAY_MS, scopes: ["completion_model"], tag: "my_provider" },
    spending: { kind: "earn_only" },
  });
});

test("a key for a first-generation proxy has no tag, whatever was typed, because those proxies read none", () => {
  assert.ok(!("tag" in contentOf({ isFirstGeneration: true })));
  assert.ok(!("tag" in contentOf({ isFirstGeneration: true, tag: "Not A Tag" })));
  assert.ok(!("tag" in contentOf({ tag: "  " })));
});

test("a key that may spend has the limit that was typed, or none", () => {
  assert.deepEqual(contentOf({ isEarnOnly: false }).spending, { kind: "unlimited" });
  assert.deepEqual(contentOf({ isEarnOnly: false, limit: "2.500001" }).spending, {
    kind: "limited",
    limit: 2_500_001n,
  });
  assert.deepEqual(contentOf({ limit: "nonsense" }).spending, { kind: "earn_only" });
});

test("what no key may say is refused by the field that says it", () => {
  for (const [draft, field] of [
    [{ days: "0" }, "days"],
    [{ days: "367" }, "days"],
    [{ days: "1.5" }, "days"],
    [{ days: "" }, "days"],
    [{ days: "9e1" }, "days"],
    [{ tag: "Dev" }, "tag"],
    [{ tag: "a".repeat(25) }, "tag"],
    [{ tag: "a\nb" }, "tag"],
    [{ isEarnOnly: false, limit: "0" }, "limit"],
    [{ isEarnOnly: false, limit: "0.0000001" }, "limit"],
    [{ isEarnOnly: false, limit: "-1" }, "limit"],
  ] as const) {
    const read = readProviderKey({ ...FIRST_DRAFT, ...draft }, NOW_MS);
    assert.deepEqual([draft, read.kind === "faulty" && Object.keys(read.faults)], [draft, [field]]);
  }
  assert.equal(contentOf({ days: "366", tag: "a".repeat(24) }).validForMs, 366 * DAY_MS);
  assert.equal(contentOf({ days: " 1 " }).validForMs, DAY_MS);
});
