// What is said of keys, at both sides of each moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { keyRecord } from "./__fixtures__/key-record.ts";
import { kindOf, nameOf, shortKeyId, stateOf } from "./key-record.ts";

const NOW_MS = Date.parse("2026-11-26T16:00:00.000Z");

test("a key ends the very millisecond it says, and what ended it for good is told first", () => {
  const ending = keyRecord({ expires_at: "2026-11-26T16:00:00.000Z" });
  assert.equal(stateOf(ending, NOW_MS - 1), "active");
  assert.equal(stateOf(ending, NOW_MS), "expired");
  assert.equal(stateOf(keyRecord({ disabled: true }), NOW_MS), "disabled");
  assert.equal(stateOf({ ...ending, disabled: true }, NOW_MS), "expired");
  const revoked = { ...ending, disabled: true, revoked_at: "2026-11-25T00:00:00.000Z" };
  assert.equal(stateOf(revoked, NOW_MS), "revoked");
});

test("the kind of a key follows from who made it and whether it spends", () => {
  const kinds = [
    keyRecord(),
    keyRecord({}, { kind: "signed", earn_only: true }),
    keyRecord({}, { kind: "signed" }),
    keyRecord({}, { kind: "console" }),
  ].map(kindOf);
  assert.deepEqual(kinds, ["api", "provider", "wallet", "playground"]);
});

test("a key without a name is called by its id, which is never shown whole", () => {
  assert.equal(nameOf(keyRecord({ name: "laptop" })), "laptop");
  assert.equal(nameOf(keyRecord({ name: "" })), "beee7c29…757c4b");
  assert.equal(nameOf(keyRecord({ name: "" }, { kind: "console" })), "Playground");
  assert.equal(shortKeyId("0123456789abcdef0123456789abcdef"), "01234567…abcdef");
});
