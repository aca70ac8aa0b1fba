// A machine without Python is told of, and no excuse in CI.
import assert from "node:assert/strict";
import { test } from "node:test";
import { findPython } from "./python-environment.ts";

test("an absent Python is a reason to skip, with the packages that bring it", () => {
  const { skip } = findPython({}, "python-of-nowhere");
  assert.match(String(skip), /apt-get install python3 python3-venv\): OpenAI's client for Python was not tested$/);
});

test("an absent Python fails CI", () => {
  assert.throws(() => findPython({ CI: "true" }, "python-of-nowhere"), /CI must test OpenAI's client for it/);
});

test("a command that is no Python is none", () => {
  assert.equal(typeof findPython({}, "false").skip, "string");
});
