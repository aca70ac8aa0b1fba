// Drafts of issued keys: what is refused before it is sent, and what of a change is sent at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyRecord } from "../__fixtures__/key-record.ts";
import type { KeyDraft, KeyFaults, KeySettings } from "./key-draft.ts";
import { changesOf, draftOf, EMPTY_DRAFT, readKey } from "./key-draft.ts";

const NOW_MS = Date.parse("2026-11-26T16:00:00.000Z");

function settingsOf(draft: Partial<KeyDraft>): KeySettings {
  const read = readKey({ ...EMPTY_DRAFT, name: "laptop", ...draft }, NOW_MS);
  assert.ok(read.kind === "good", JSON.stringify(read));
  return read.settings;
}

function faultsOf(draft: Partial<KeyDraft>): KeyFaults {
  const read = readKey({ ...EMPTY_DRAFT, name: "laptop", ...draft }, NOW_MS);
  assert.ok(read.kind === "faulty", JSON.stringify(read));
  return read.faults;
}

test("a name alone makes a key without bounds", () => {
  assert.deepEqual(settingsOf({ name: " laptop " }), {
    ...{ name: "laptop", disabled: false, limit: null, limit_reset: null, expires_at: null, allowed_models: null },
  });
});

test("a limit is sent with the digits that were typed, and a rhythm only with a limit", () => {
  assert.equal(settingsOf({ limit: "9007199254.740993001" }).limit, "9007199254.740993001");
  assert.equal(settingsOf({ limit: "0" }).limit, "0");
  assert.equal(settingsOf({ limit: "5", reset: "weekly" }).limit_reset, "weekly");
  assert.equal(settingsOf({ limit: "", reset: "weekly" }).limit_reset, null);
});

test("a key ends days from now, or with the end of a day by UTC", () => {
  assert.equal(settingsOf({ expiry: "30" }).expires_at, "2026-12-26T16:00:00.000Z");
  assert.equal(settingsOf({ expiry: "date", lastDay: "2026-11-26" }).expires_at, "2026-11-27T00:00:00.000Z");
  assert.ok(!("expires_at" in settingsOf({ expiry: "keep" })));
});

test("what the router would refuse is refused before it is sent", () => {
  for (const limit of ["-1", "1e3", "1,5", "0.0000000001", "USDC", "١", "10000000000000"]) {
    assert.deepEqual(Object.keys(faultsOf({ limit })), ["limit"], limit);
  }
  for (const name of ["", "  ", "a".repeat(201), "a\nb", "\uD800"]) {
    assert.deepEqual(Object.keys(faultsOf({ name })), ["name"], JSON.stringify(name));
  }
  for (const lastDay of ["2026-11-25", "2027-02-30", "", "tomorrow", "9999-01-01"]) {
    assert.deepEqual(Object.keys(faultsOf({ expiry: "date", lastDay })), ["lastDay"], lastDay);
  }
  const models = Array.from({ length: 101 }, (_, index) => `a/m${index}`);
  assert.match(faultsOf({ models }).models ?? "", /Expected 1 to 100 models, found 101/);
  assert.match(faultsOf({ models: [] }).models ?? "", /found 0/);
  assert.equal(settingsOf({ models: models.slice(1), name: "a".repeat(200) }).allowed_models?.length, 100);
});

test("of a change only what differs is sent, and an amount that is only spelt otherwise does not", () => {
  const record = keyRecord(
    { limit_reset: "daily", allowed_models: ["a/b"], expires_at: "2027-01-01T00:00:00.000Z" },
    { limit: "2.5" },
  );
  const draft = draftOf(record);
  const changes = (change: Partial<KeyDraft>): KeySettings => {
    const read = readKey({ ...draft, ...change }, NOW_MS);
    assert.ok(read.kind === "good");
    return changesOf(record, read.settings);
  };
  assert.deepEqual(changes({}), {});
  assert.deepEqual(changes({ limit: "2.50" }), {});
  assert.deepEqual(changes({ limit: "2.51" }), { limit: "2.51" });
  assert.deepEqual(changes({ limit: "" }), { limit: null, limit_reset: null });
  assert.deepEqual(changes({ isDisabled: true, models: null }), { disabled: true, allowed_models: null });
  assert.deepEqual(changes({ expiry: "never" }), { expires_at: null });
});
