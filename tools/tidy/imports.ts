// House rule: a relative import stays in its package, leads to no test, and says what it imports.
import { posix } from "node:path";
import { isCode, isTestCode, isTestPath } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

/** The folder whose files may import each other by relative paths. */
function homeOf(path: string): string {
  return path
    .split("/")
    .slice(0, path.startsWith("packages/") ? 2 : 1)
    .join("/");
}

function isAllowed(file: ProjectFile, target: string): boolean {
  const home = homeOf(file.path);
  if (target.startsWith(`${home}/`)) return true;
  if (home === "tools") return target.startsWith("packages/protocol/src/"); // the tools are no package that could depend on it
  return isTestCode(file) && target.startsWith("tools/");
}

function importsOf(file: ProjectFile): { start: number; specifier: string }[] {
  const { staticImports, staticExports, dynamicImports } = file.syntax.module;
  return [
    ...staticImports.map(({ start, moduleRequest }) => ({ start, specifier: moduleRequest.value })),
    ...staticExports.flatMap(({ start, entries }) =>
      entries.flatMap(({ moduleRequest }) =>
        moduleRequest === null ? [] : [{ start, specifier: moduleRequest.value }],
      ),
    ),
    ...dynamicImports.map(({ start, moduleRequest }) => {
      const written = file.text.slice(moduleRequest.start, moduleRequest.end);
      return { start, specifier: /^(["'`])([^$]*)\1$/.exec(written)?.[2] ?? "" };
    }),
  ];
}

/** Finds relative imports that leave their package or lead into tests, and dynamic imports of something only the running program knows. */
export const findStrayImports: HouseRule = (files) =>
  files.filter(isCode).flatMap((file) =>
    importsOf(file).flatMap(({ start, specifier }): Finding[] => {
      const line = file.lineAt(start);
      if (specifier === "") {
        if (homeOf(file.path) === "tools") return [];
        return [
          {
            path: file.path,
            line,
            advice: "import(…): write the module's name as a plain string, so that walls see it",
          },
        ];
      }
      if (!specifier.startsWith(".")) return [];
      const target = posix.join(posix.dirname(file.path), specifier);
      if (isTestPath(target) && !isTestCode(file) && file.path.startsWith("packages/")) {
        return [{ path: file.path, line, advice: `${specifier} is for tests only` }];
      }
      const advice = `${specifier} leaves ${homeOf(file.path)}: import the package by its name and subpath`;
      return isAllowed(file, target) ? [] : [{ path: file.path, line, advice }];
    }),
  );
