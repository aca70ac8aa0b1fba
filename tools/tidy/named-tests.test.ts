import assert from "node:assert/strict";
import { test } from "node:test";
import { findAbsentWitnesses } from "./named-tests.ts";
import { projectFile } from "./project-file.ts";

const TESTS = projectFile(
  "packages/escrow/src/attack-a.test.ts",
  'test("a gap is refused", () => {});\ntest("a replay, however late, changes nothing", () => {});',
);

function advice(cell: string): string[] {
  const document = projectFile("packages/escrow/SECURITY.md", `# Tests\n\n| an attack | ${cell} |\n`);
  return findAbsentWitnesses([document, TESTS]).map((finding) => `${finding.line}: ${finding.advice}`);
}

test("tests that are there may be named, several of a file with semicolons between", () => {
  assert.deepEqual(advice("`attack-a.test.ts`: a gap is refused"), []);
  assert.deepEqual(advice("`attack-a.test.ts`: a gap is refused; a replay, however late, changes nothing"), []);
  assert.deepEqual(advice("without a name"), []);
});

test("a test or a file that is not there is found", () => {
  assert.deepEqual(advice("`attack-b.test.ts`: a gap is refused"), ["3: attack-b.test.ts is not there"]);
  assert.deepEqual(advice("`attack-a.test.ts`: a gap is accepted; a gap is refused"), [
    '3: attack-a.test.ts has no test "a gap is accepted"',
  ]);
});
