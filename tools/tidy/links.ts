// House rule: what the documents point at is there.
import { matchesGlob, posix } from "node:path";
import { isCode } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

/** A document with its code left out, line by line, so that lines keep their numbers. */
function proseOf(text: string): string[] {
  let isFenced = false;
  return text.split("\n").map((line) => {
    if (/^\s*(```|~~~)/.test(line)) isFenced = !isFenced;
    return isFenced ? "" : line.replaceAll(/`[^`]*`/g, (code) => " ".repeat(code.length));
  });
}

/** The anchor GitHub gives a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .trim()
    .replaceAll(/\s/g, "-");
}

function anchorsOf(text: string): string[] {
  return text.split("\n").flatMap((line) => {
    const heading = /^#+ (.*)$/.exec(line)?.[1];
    return heading === undefined ? [] : [anchorOf(heading)];
  });
}

function isThere(files: readonly ProjectFile[], path: string): boolean {
  return (
    path === "." ||
    files.some((file) => file.path === path || file.path.startsWith(`${path}/`) || matchesGlob(file.path, path))
  );
}

function deadLinks(document: ProjectFile, files: readonly ProjectFile[]): Finding[] {
  return proseOf(document.text).flatMap((line, index) =>
    [...line.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link = ""]) => {
      if (/^[a-z]+:/.test(link)) return [];
      const [file = "", anchor] = link.split("#");
      const path = file === "" ? document.path : posix.join(posix.dirname(document.path), file).replace(/\/$/, "");
      const report = (advice: string): Finding[] => [{ path: document.path, line: index + 1, advice }];
      if (!isThere(files, path)) return report(`${link} is not there`);
      const target = files.find((candidate) => candidate.path === path);
      if (anchor === undefined || target === undefined || anchorsOf(target.text).includes(anchor)) return [];
      return report(`${link}: ${path} has no heading of that name`);
    }),
  );
}

/** The paths a table of places names: code that has a slash, or ends like a file. */
function deadPlaces(document: ProjectFile, files: readonly ProjectFile[]): Finding[] {
  return document.text.split("\n").flatMap((line, index) => {
    if (!line.startsWith("|")) return [];
    return [...line.matchAll(/`([\w.@/*-]+)`/g)].flatMap(([, code = ""]) => {
      const isPath = code.includes("/") || /\.(ts|md|json|toml|yml)$/.test(code);
      const path = code.replace(/\/$/, "");
      if (!isPath || code.startsWith("@") || isThere(files, path)) return [];
      return [{ path: document.path, line: index + 1, advice: `\`${code}\` is not there` }];
    });
  });
}

/** Documents that comments of the code name, by a path from the root or from docs/. */
function deadMentions(file: ProjectFile, files: readonly ProjectFile[]): Finding[] {
  return file.syntax.comments.flatMap(({ value, start }) =>
    [...value.matchAll(/(?<![\w./-])[\w./-]+\.md\b/g)].flatMap(([name]) => {
      if (isThere(files, name) || isThere(files, `docs/${name}`)) return [];
      return [{ path: file.path, line: file.lineAt(start), advice: `${name} is not there, nor in docs/` }];
    }),
  );
}

/** Finds links to files or headings that do not exist, and such paths in the tables of `AGENTS.md` and in comments. */
export const findDeadLinks: HouseRule = (files) =>
  files.flatMap((file) => {
    if (isCode(file)) return deadMentions(file, files);
    if (!file.path.endsWith(".md")) return [];
    return [...deadLinks(file, files), ...(file.path === "AGENTS.md" ? deadPlaces(file, files) : [])];
  });
