import assert from "node:assert/strict";
import { test } from "node:test";
import { projectFile } from "./project-file.ts";
import { findSecretKeys } from "./secret-keys.ts";

function key(length: number, between: string): string {
  return `[${Array.from({ length }, (_, index) => index).join(between)}]`;
}

function found(path: string, text: string): number[] {
  return findSecretKeys([projectFile(path, text)]).map(({ line }) => line);
}

test("a key as a tool or a formatter writes it is found where it begins", () => {
  assert.deepEqual(found("packages/escrow/program/id.json", key(64, ",")), [1]);
  assert.deepEqual(found("docs/a.md", `# A key\n\n${key(64, ",\n  ")}\nand ${key(64, ", ")}`), [3, 67]);
});

test("other arrays are no keys, and the localnet's program id is known to everybody", () => {
  assert.deepEqual(found("bench/a.ts", `${key(63, ",")} ${key(65, ",")} ${key(32, ",")}`), []);
  assert.deepEqual(found("packages/escrow/localnet-program-id.json", key(64, ",")), []);
});
