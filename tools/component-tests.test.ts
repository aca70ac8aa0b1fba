// The console's component tests, which need JSX and a document and so run in Vitest, as one test of this suite.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";

const ROOT = join(import.meta.dirname, "..");
const VITEST = join(ROOT, "node_modules/vitest/vitest.mjs");

test("the console's components do what their tests claim", (t) => {
  const words = [VITEST, "run", "--config", "packages/dashboard/vitest.config.ts", "--reporter", "verbose"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: ROOT, encoding: "utf8" });
  assert.equal(status, 0, `${stdout}\n${stderr}`);
  const passed = /Tests\s+(\d+) passed/.exec(stripVTControlCharacters(stdout))?.[1]; // in CI it is coloured
  assert.ok(passed !== undefined, stdout);
  t.diagnostic(`${passed} component tests in Vitest`);
});
