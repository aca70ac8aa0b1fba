import assert from "node:assert/strict";
import { test } from "node:test";
import { filterOf, readActivitySearch } from "./activity-search.ts";

function said(search: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(readActivitySearch(search)).filter(([, value]) => value !== undefined));
}

test("an address says what is shown, also where the router of the page has read a number", () => {
  const whole = { days: "7", show: "tokens", by: "key", as: "table", model: "a/b", provider: "P", key: "k" };
  assert.deepEqual(said(whole), whole);
  assert.deepEqual(said({ days: 30 }), { days: "30" });
});

test("what nobody can mean is left out", () => {
  assert.deepEqual(said({ days: "90", show: ["spend"], by: {}, as: "", model: "x".repeat(201), key: 5 }), {
    show: "spend",
  });
  assert.deepEqual(filterOf(readActivitySearch({})), { model: "", provider: "", key: "" });
});
