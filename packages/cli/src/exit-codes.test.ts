import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { EXIT_CODES } from "./exit-codes.ts";

const GUIDE = new URL("../../../docs/user-guide.md", import.meta.url);

test("the user guide lists every exit code with its number, and no other", () => {
  const rows = [...readFileSync(GUIDE, "utf8").matchAll(/^\| ([0-9]+) +\| `(\w+)` +\| \S/gm)];
  assert.deepEqual(Object.fromEntries(rows.map(([, code, name]) => [name, Number(code)])), EXIT_CODES);
});
