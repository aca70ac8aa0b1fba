// House rule: names name an idea.
import type { ParseResult } from "oxc-parser";
import { isCode } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

type Statement = ParseResult["program"]["body"][number];

// Words that name nothing wherever they stand in a name, and names that say nothing on their own.
const EMPTY_WORDS = new Set([
  "util",
  "utils",
  "helper",
  "helpers",
  "common",
  "misc",
  "manager",
  "service",
  "handler",
  "handlers",
  "impl",
]);
const EMPTY_NAMES = new Set(["shared", "types", "index", "constants", "lib", "core", "base", "stuff", "new", "old"]);

const EMPTY_VERB = /^(handle|process|manage|do)(?=[A-Z]|$)/;
const EMPTY_SUFFIX = /(Manager|Helpers?|Service|Utils?|Impl|Handler)$/;

function pathFindings({ path }: ProjectFile): Finding[] {
  const parts = path.split("/").map((part) => part.replace(/\..*$/, ""));
  const empty = parts.find((part) => EMPTY_NAMES.has(part) || part.split("-").some((word) => EMPTY_WORDS.has(word)));
  return empty === undefined
    ? []
    : [{ path, line: 1, advice: `"${empty}" names nothing: name the idea, or keep it where it is used` }];
}

/** The functions, classes and types that a statement at the top of a file declares. */
function declaredNames(statement: Statement): string[] {
  const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
  if (declared === null) return [];
  if (declared.type === "VariableDeclaration") {
    return declared.declarations.flatMap(({ id, init }) =>
      id.type === "Identifier" && init?.type === "ArrowFunctionExpression" ? [id.name] : [],
    );
  }
  return "id" in declared && declared.id?.type === "Identifier" ? [declared.id.name] : [];
}

function declarationFindings(file: ProjectFile): Finding[] {
  return file.syntax.program.body.flatMap((statement) =>
    declaredNames(statement)
      .filter((name) => EMPTY_VERB.test(name) || EMPTY_SUFFIX.test(name) || /^I[A-Z][a-z]/.test(name))
      .map((name) => ({
        path: file.path,
        line: file.lineAt(statement.start),
        advice: `"${name}" names nothing: say what it does or what it is`,
      })),
  );
}

/** Finds files, folders, functions, classes and types whose names say nothing. */
export const findEmptyNames: HouseRule = (files) =>
  files.filter(isCode).flatMap((file) => [...pathFindings(file), ...declarationFindings(file)]);
