import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { findNeighbour } from "./neighbours.ts";

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "neighbours-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a neighbour's file that is there is used, in CI too", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "openai-openapi.json");
  writeFileSync(path, "{}");
  assert.deepEqual(findNeighbour("openai-openapi.json", { CI: "true" }, folder), { path, skip: false });
});

test("an absent neighbour's file is a reason to skip, outside CI or where CI says that it has none", (t) => {
  const folder = temporaryFolder(t);
  for (const environment of [{}, { CI: "false" }, { CI: "true", NEIGHBOURS: "optional" }]) {
    const { skip } = findNeighbour("openai-openapi.json", environment, folder);
    assert.match(String(skip), /^openai-openapi\.json is not in /);
  }
});

test("an absent neighbour's file fails CI", (t) => {
  const folder = temporaryFolder(t);
  assert.throws(
    () => findNeighbour("openrouter-openapi.yaml", { CI: "true" }, folder),
    /openrouter-openapi\.yaml is not in/,
  );
});
