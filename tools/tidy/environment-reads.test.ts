import assert from "node:assert/strict";
import { test } from "node:test";
import { findEnvironmentReads } from "./environment-reads.ts";
import { projectFile } from "./project-file.ts";

const BROKEN = [
  "process.env;",
  'process.env["HOME"];',
  "const { env } = process;",
  'import { env } from "node:process";',
];

function count(path: string, text: string): number {
  return findEnvironmentReads([projectFile(path, text)]).length;
}

test("each way to read the environment is found", () => {
  for (const text of BROKEN) assert.equal(count("packages/proxy/src/config/secret.ts", text), 1, text);
});

test("config.ts, main.ts, tools and tests may read it, and other members of process are fine", () => {
  for (const path of [
    "packages/router/src/config.ts",
    "bench/src/main.ts",
    "tools/check.ts",
    "packages/proxy/src/a.test.ts",
  ]) {
    assert.equal(count(path, BROKEN.join("\n")), 0, path);
  }
  assert.equal(count("packages/proxy/src/a.ts", 'process.pid; settings.env; import { pid } from "node:process";'), 0);
});
