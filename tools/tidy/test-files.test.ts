import assert from "node:assert/strict";
import { test } from "node:test";
import { projectFile } from "./project-file.ts";
import { findFaultyTests } from "./test-files.ts";

function advice(text: string): string[] {
  const files = [
    projectFile("packages/router/src/sample.ts", ""),
    projectFile("packages/router/src/sample.test.ts", text),
  ];
  return findFaultyTests(files).map((finding) => finding.advice);
}

test("tests that do not run, cannot fail or do not claim are found", () => {
  const broken = [
    'test.only("a", () => {});',
    'test.skip("a", () => {});',
    'describe.skip("a", () => {});',
    'test.todo("a");',
    'test("a", { only: true }, () => {});',
    'test("a", { skip: true }, () => {});',
    'test("a", { todo: "later" }, () => {});',
    'test("a", (t) => { t.skip(); });',
    'test("lock should refuse more than the balance", () => {});',
    "assert.ok(true);",
  ];
  for (const text of broken) assert.equal(advice(text).length, 1, text);
});

test("tests that run, and skips with a reason, are fine", () => {
  const fine = [
    'test("lock refuses more than the balance", () => {});',
    'test("a", { skip: "no such neighbour here" }, () => {});',
    'test("a", { skip: neighbour.skip }, () => {});',
    'test("a", (t) => { t.skip("no such neighbour here"); });',
  ];
  for (const text of fine) assert.deepEqual(advice(text), [], text);
});

test("a test that stands beside nothing it tests is found", () => {
  const stray = (...paths: string[]): number => findFaultyTests(paths.map((path) => projectFile(path, ""))).length;
  assert.equal(stray("packages/router/src/lonely.test.ts", "packages/router/src/other.ts"), 1);
  assert.equal(stray("packages/router/src/lock.test.ts", "packages/router/src/billing/lock.ts"), 1);
  assert.equal(stray("packages/router/src/lock.test.ts", "packages/router/src/lock.ts"), 0);
  assert.equal(stray("packages/router/src/lock-expiry.test.ts", "packages/router/src/lock.ts"), 0);
  assert.equal(stray("packages/router/src/lock.expiry.test.ts", "packages/router/src/lock.ts"), 0);
  assert.equal(stray("e2e/openai-node.test.ts"), 0);
});

test("a test that runs the escrow program stands beside no source, since that is Rust", () => {
  const runs = 'import { TestChain } from "./test-bed/chain.ts";';
  const stray = (path: string, text: string): number => findFaultyTests([projectFile(path, text)]).length;
  assert.equal(stray("packages/escrow/src/attack-batches.test.ts", runs), 0);
  assert.equal(stray("packages/escrow/src/attack-batches.test.ts", ""), 1);
  assert.equal(stray("packages/escrow/src/build/batches.test.ts", runs), 1);
  assert.equal(stray("packages/router/src/batches.test.ts", runs), 1);
});
