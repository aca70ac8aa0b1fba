// Which files the test runner runs.
import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";

/**
 * The `*.test.ts` files under `folders` of `root`, sorted, as paths from the root with forward slashes. With filters, only
 * paths that contain at least one of them. A folder that does not exist throws.
 */
export function findTestFiles(root: string, folders: readonly string[], filters: readonly string[]): string[] {
  return folders
    .flatMap((folder) => testFilesUnder(join(root, folder)))
    .map((path) => relative(root, path).split(sep).join("/"))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .toSorted();
}

function testFilesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" || entry.name === "dist" ? [] : testFilesUnder(path);
    return entry.name.endsWith(".test.ts") ? [path] : [];
  });
}
