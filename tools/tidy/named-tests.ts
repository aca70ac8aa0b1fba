// House rule: a document that names a test as its witness names one that is there.
import { posix } from "node:path";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

/** A cell of a table that names a file of tests and titles in it: `attack-batches.test.ts`: a title; another one */
const WITNESS = /`(?<file>[\w/.-]+\.test\.ts)`: (?<titles>[^|]+)/g;

function isTitle(file: ProjectFile, title: string): boolean {
  return file.text.includes(`"${title}"`);
}

function witnessFindings(document: ProjectFile, files: readonly ProjectFile[]): Finding[] {
  const folder = posix.join(posix.dirname(document.path), "src");
  return [...document.text.matchAll(WITNESS)].flatMap(({ groups, index }): Finding[] => {
    const line = document.lineAt(index);
    const name = groups?.["file"] ?? "";
    const file = files.find(({ path }) => path === posix.join(folder, name));
    if (file === undefined) return [{ path: document.path, line, advice: `${name} is not there` }];
    return (groups?.["titles"] ?? "")
      .split(";")
      .map((title) => title.trim())
      .filter((title) => !isTitle(file, title))
      .map((title) => ({ path: document.path, line, advice: `${name} has no test "${title}"` }));
  });
}

/** Finds tests that a page on security names and that are not in the `src` beside it. */
export const findAbsentWitnesses: HouseRule = (files) =>
  files.filter(({ path }) => path.endsWith("/SECURITY.md")).flatMap((document) => witnessFindings(document, files));
