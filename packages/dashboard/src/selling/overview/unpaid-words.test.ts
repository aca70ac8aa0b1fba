import assert from "node:assert/strict";
import { test } from "node:test";
import { unpaidWords } from "./unpaid-words.ts";

test("every reason of the ledger has words, and only what a provider can change has a next step", () => {
  for (const reason of ["no_usage", "interrupted", "failed", "router_ended", "late", "shortfall", "exit"]) {
    assert.match(unpaidWords(reason).why, /^[A-Z].+\.$/, reason);
  }
  assert.match(unpaidWords("no_usage").next ?? "", /aimo-proxy check/);
  assert.equal(unpaidWords("shortfall").next, undefined);
});

test("a reason of a later router is shown as it is, also one that every object has", () => {
  assert.deepEqual(unpaidWords("solar_flare"), { why: "solar_flare" });
  assert.deepEqual(unpaidWords("constructor"), { why: "constructor" });
});
