// A text file of the project, as the house rules see it.
import { parseSync } from "oxc-parser";
import type { ParseResult } from "oxc-parser";

/** One text file: its path from the root, with forward slashes, and what it says. */
export interface ProjectFile {
  readonly path: string;
  readonly text: string;
  /** Its syntax, parsed when first asked for; only TypeScript files have one. */
  readonly syntax: ParseResult;
  /** The line, counted from 1, that holds the character at `offset`. */
  lineAt(offset: number): number;
}

/** Something a house rule does not allow, where it is, and what to do instead. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly advice: string;
}

/** A rule no linter has: looks at every file of the project and says what is wrong. */
export type HouseRule = (files: readonly ProjectFile[]) => Finding[];

/** Makes a file of the project out of its path and text. */
export function projectFile(path: string, text: string): ProjectFile {
  let parsed: ParseResult | undefined;
  return {
    path,
    text,
    get syntax() {
      parsed ??= parseSync(path, text);
      return parsed;
    },
    lineAt: (offset) => text.slice(0, offset).split("\n").length,
  };
}

/** Whether a file is TypeScript. */
export function isCode(file: ProjectFile): boolean {
  return /\.tsx?$/.test(file.path);
}

/** Whether a path belongs to tests: a test, or what tests are given. */
export function isTestPath(path: string): boolean {
  return /\.test\.tsx?$|\/__fixtures__\/|\/test-bed\//.test(path);
}

/** Whether a file runs only in tests. */
export function isTestCode(file: ProjectFile): boolean {
  return isTestPath(file.path);
}
