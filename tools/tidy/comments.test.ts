import assert from "node:assert/strict";
import { test } from "node:test";
import { findMissingComments } from "./comments.ts";
import { projectFile } from "./project-file.ts";

const OPENING = "// The room where samples live, so that rules can be tried.\n";

function faultyLines(text: string, path = "packages/router/src/sample.ts"): number[] {
  return findMissingComments([projectFile(path, text)]).map(({ line }) => line);
}

test("a file without an opening sentence is found", () => {
  for (const text of [
    "export {};\n",
    '"use strict";\n',
    "// no sentence\n",
    "\n\n",
    "/** The meaning of a number, in words. */\nexport const a = 1;\n",
  ]) {
    assert.deepEqual(faultyLines(text), [1], text);
  }
  assert.deepEqual(faultyLines(`${OPENING}export {};\n`), []);
  assert.deepEqual(
    faultyLines("#!/usr/bin/env node\n// Starts the sample, as a program of its own.\nexport {};\n"),
    [],
  );
  assert.deepEqual(faultyLines("// The room where samples live,\n// on two lines.\nexport {};\n"), []);
});

test("every kind of export without a sentence of its own is found", () => {
  const exports = [
    "export const a = 1;",
    "export function f(): void {}",
    "export async function* g() {}",
    "export class C {}",
    "export interface I {}",
    "export type T = 1;",
    "export default 1;",
    "/* not documentation, only a remark. */ export const b = 1;",
    "/** too short. */\nexport const c = 1;",
    "/** The meaning of another thing. */\nconst d = 1;\nexport const e = d;",
  ];
  for (const text of exports) assert.equal(faultyLines(`${OPENING}${text}\n`).length, 1, text);
});

test("a documented export, an overload, a schema's own type and a re-export need no further sentence", () => {
  const fine = [
    "/** The meaning of a number, in words. */\nexport const a = 1;",
    "/** Writes a thing,\n * over two lines. */\nexport function f(a: 1): void;\nexport function f(a: 2): void;\nexport function f(): void {}",
    "/** The shape of a thing on the wire. */\nexport const ASchema = 1;\nexport type A = Static<typeof ASchema>;",
    "const a = 1;\nexport { a };",
  ];
  for (const text of fine) assert.deepEqual(faultyLines(`${OPENING}${text}\n`), [], text);
});

test("a silenced lint rule needs its reason, in tests too", () => {
  const silenced = "// oxlint-disable-next-line no-console\n";
  assert.deepEqual(faultyLines(`${OPENING}${silenced}`), [2]);
  assert.deepEqual(faultyLines(silenced, "packages/router/src/sample.test.ts"), [1]);
  assert.deepEqual(
    faultyLines(`${OPENING}// oxlint-disable-next-line no-console -- the terminal is what this is about\n`),
    [],
  );
});

test("a test needs neither opening nor sentences", () => {
  assert.deepEqual(faultyLines("export const a = 1;\n", "packages/router/src/sample.test.ts"), []);
});
