import assert from "node:assert/strict";
import { test } from "node:test";
import { mistypedSetting } from "./mistyped-setting.ts";

const SETTINGS = ["AIMO_HOST", "AIMO_PORT"];

test("a variable that is one or two letters off a setting is a typing error", () => {
  assert.equal(mistypedSetting("AIMO_POTR", SETTINGS), "AIMO_POTR: no such setting. Did you mean AIMO_PORT?");
  assert.equal(mistypedSetting("AIMO_HOTS", SETTINGS), "AIMO_HOTS: no such setting. Did you mean AIMO_HOST?");
});

test("settings themselves, variables of other programs and what is far from any are none", () => {
  for (const name of ["AIMO_HOST", "AIMO_HOME", "AIMO_WALLET", "PORT"]) {
    assert.equal(mistypedSetting(name, SETTINGS), undefined, name);
  }
});
