// House rule: each file says what it is, each export says what it means, each silenced lint rule says why.
import type { Comment, ParseResult } from "oxc-parser";
import { isCode, isTestCode } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

type Statement = ParseResult["program"]["body"][number];

const SENTENCE = /\S.{10,}\.(\s|$)/s;

/** What the comment lines at the top of a file say; empty when it opens with something else. */
function openingOf({ syntax, text }: ProjectFile): string {
  const top = /^#!.*\n/.exec(text)?.[0].length ?? 0;
  let end = top;
  const lines: string[] = [];
  for (const comment of syntax.comments) {
    if (text.slice(end, comment.start).trim() !== "" || text.slice(end, comment.start).split("\n").length > 2) break;
    if (comment.value.startsWith("*")) break; // the documentation of an export, not of the file
    lines.push(comment.value);
    ({ end } = comment);
  }
  return lines.join(" ");
}

function documentationOf(comments: readonly Comment[], text: string, start: number): string | undefined {
  const before = comments.findLast((comment) => comment.end <= start);
  if (before === undefined || !before.value.startsWith("*")) return undefined;
  return text.slice(before.end, start).trim() === "" ? before.value.replaceAll(/\n\s*\*/g, " ").slice(1) : undefined;
}

/** The names a statement exports by declaring them; empty where a sentence would only repeat its neighbour. */
function namesToDocument(statement: Statement, previous: Statement | undefined): string[] {
  if (statement.type === "ExportDefaultDeclaration") return ["default"];
  if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return [];
  const { declaration } = statement;
  if (declaration.type === "VariableDeclaration") {
    return declaration.declarations.map(({ id }) => (id.type === "Identifier" ? id.name : "…"));
  }
  if (!("id" in declaration) || declaration.id?.type !== "Identifier") return [];
  const { name } = declaration.id;
  const before = previous?.type === "ExportNamedDeclaration" ? previous.declaration : null;
  if (before !== null && "id" in before && before.id?.type === "Identifier" && before.id.name === name) return [];
  const isOfSchema =
    declaration.type === "TSTypeAliasDeclaration" &&
    declaration.typeAnnotation.type === "TSTypeReference" &&
    declaration.typeAnnotation.typeName.type === "Identifier" &&
    declaration.typeAnnotation.typeName.name === "Static";
  return isOfSchema ? [] : [name];
}

function undocumentedExports(file: ProjectFile): Finding[] {
  const { body } = file.syntax.program;
  return body.flatMap((statement, index) => {
    const documentation = documentationOf(file.syntax.comments, file.text, statement.start);
    if (documentation !== undefined && SENTENCE.test(documentation)) return [];
    return namesToDocument(statement, body[index - 1]).map((name) => ({
      path: file.path,
      line: file.lineAt(statement.start),
      advice: `${name} is exported: say in a /** sentence. */ above it what it means`,
    }));
  });
}

function silencedWithoutReason(file: ProjectFile): Finding[] {
  return file.syntax.comments
    .filter(({ value }) => /(oxlint|eslint)-disable/.test(value) && !/ -- \S.{8,}/.test(value))
    .map(({ start }) => ({
      path: file.path,
      line: file.lineAt(start),
      advice: "say after ` -- ` why this lint rule does not hold here",
    }));
}

/** Finds files without an opening sentence, exports without a sentence, and lint rules silenced without a reason. */
export const findMissingComments: HouseRule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const advice = "open the file with one comment sentence that says what room this is";
    if (isTestCode(file)) return silencedWithoutReason(file);
    const opening = SENTENCE.test(openingOf(file)) ? [] : [{ path: file.path, line: 1, advice }];
    return [...opening, ...undocumentedExports(file), ...silencedWithoutReason(file)];
  });
