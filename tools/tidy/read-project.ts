// Reads the project from the disk for the house rules.
import { readdirSync, readFileSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { projectFile } from "./project-file.ts";
import type { ProjectFile } from "./project-file.ts";

// What a generator wrote is no place to mend anything: a test beside the generator holds it to its source.
const ALWAYS_IGNORED = [".git", "generated"];

/** Every text file under `root` that was written and not generated, and that `.gitignore` does not leave out; needs no git. */
export function readProject(root: string): ProjectFile[] {
  const ignored = readFileSync(join(root, ".gitignore"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => line.replace(/\/$/, ""));
  const isIgnored = (name: string): boolean => [...ALWAYS_IGNORED, ...ignored].some((glob) => matchesGlob(name, glob));
  const read = (folder: string): ProjectFile[] =>
    readdirSync(join(root, folder), { withFileTypes: true })
      .filter((entry) => !isIgnored(entry.name))
      .flatMap((entry) => {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) return read(path);
        const text = entry.isFile() ? readFileSync(join(root, path), "utf8") : "";
        return text === "" || text.includes("\0") ? [] : [projectFile(path, text)];
      });
  return read("");
}
