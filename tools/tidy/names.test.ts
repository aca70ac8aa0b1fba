import assert from "node:assert/strict";
import { test } from "node:test";
import { findEmptyNames } from "./names.ts";
import { projectFile } from "./project-file.ts";

function count(path: string, text = ""): number {
  return findEmptyNames([projectFile(path, text)]).length;
}

test("files and folders that name nothing are found", () => {
  for (const name of [
    "utils",
    "string-utils",
    "shared/money",
    "common/money",
    "helpers",
    "types",
    "index",
    "link-manager",
    "key-service",
    "handler",
    "misc.test",
  ]) {
    assert.equal(count(`packages/router/src/${name}.ts`), 1, name);
  }
});

test("functions, classes and types that name nothing are found", () => {
  const names = [
    "function handleRequest() {}",
    "export function processFrame() {}",
    "export const manageLinks = () => {};",
    "class LinkManager {}",
    "export class KeyService {}",
    "interface ILink {}",
    "type FrameHandler = () => void;",
  ];
  for (const text of names) assert.equal(count("packages/router/src/sample.ts", text), 1, text);
});

test("names that contain such words by chance are fine", () => {
  const text =
    "function processor() {}\nconst doneAt = () => 1;\ninterface Identity {}\nclass Handle {}\nfunction documentOf() {}";
  assert.equal(count("packages/router/src/providers/price-weight.ts", text), 0);
});
