// House rule: every test is alive, says what it claims, and stands beside what it tests.
import { Visitor } from "oxc-parser";
import type { CallExpression, ObjectExpression } from "oxc-parser";
import { isCode } from "./project-file.ts";
import type { Finding, HouseRule, ProjectFile } from "./project-file.ts";

const RUNNERS = new Set(["test", "it", "describe", "suite"]);

/** The files a test may stand for: `a-b.c.test.ts` tests `a-b.c.ts`, `a-b.ts` or `a.ts` of its folder. */
function possibleSources(path: string): string[] {
  const parts = path.replace(/\.test\.ts$/, "").split(/(?=[-.](?!.*\/))/);
  return parts.map((_, index) => `${parts.slice(0, parts.length - index).join("")}.ts`);
}

/** The escrow program is Rust: a test that runs it stands beside no file of its own, and none alone refuses an attack. */
function isOfTheProgram({ path, text }: ProjectFile): boolean {
  return /^packages\/escrow\/src\/[^/]+$/.test(path) && text.includes('from "./test-bed/');
}

function strays(files: readonly ProjectFile[]): Finding[] {
  const paths = new Set(files.map((file) => file.path));
  return files
    .filter(({ path }) => path.endsWith(".test.ts") && path.startsWith("packages/"))
    .filter((file) => !isOfTheProgram(file))
    .filter(({ path }) => !possibleSources(path).some((source) => paths.has(source)))
    .map(({ path }) => ({ path, line: 1, advice: "name the test after the file beside it that it tests" }));
}

function optionAdvice(options: ObjectExpression): string | undefined {
  for (const part of options.properties) {
    if (part.type !== "Property" || part.key.type !== "Identifier") continue;
    const isTrue = part.value.type === "Literal" && part.value.value === true;
    if (part.key.name === "only") return "only: the other tests would not run";
    if (part.key.name === "todo") return "an unwritten test: write it, or file an issue";
    if (part.key.name === "skip" && isTrue) return "skip: give the reason as a string";
  }
  return undefined;
}

function callAdvice({ callee, arguments: given }: CallExpression): string | undefined {
  if (
    callee.type === "MemberExpression" &&
    callee.property.type === "Identifier" &&
    callee.object.type === "Identifier"
  ) {
    const { name } = callee.property;
    if (RUNNERS.has(callee.object.name) && ["only", "skip", "todo"].includes(name)) {
      return `.${name}: use the option { skip: "why" }, or let the test run`;
    }
    if (callee.object.name === "t" && name === "skip" && given.length === 0)
      return "t.skip(): give the reason as a string";
    const isTrue = given[0]?.type === "Literal" && given[0].value === true;
    if (callee.object.name === "assert" && name === "ok" && isTrue) return "assert.ok(true) cannot fail";
  }
  if (callee.type !== "Identifier" || !RUNNERS.has(callee.name)) return undefined;
  const [title, options] = given;
  if (title?.type === "Literal" && typeof title.value === "string" && /\bshould\b/i.test(title.value)) {
    return "a test's name is a claim in the present tense, without should";
  }
  return options?.type === "ObjectExpression" ? optionAdvice(options) : undefined;
}

/** Finds tests that are switched off in silence, that promise instead of claiming, or that test no file of their folder. */
export const findFaultyTests: HouseRule = (files) => [
  ...strays(files),
  ...files
    .filter((file) => isCode(file) && file.path.endsWith(".test.ts"))
    .flatMap((file) => {
      const found: Finding[] = [];
      new Visitor({
        CallExpression(call) {
          const advice = callAdvice(call);
          if (advice !== undefined) found.push({ path: file.path, line: file.lineAt(call.start), advice });
        },
      }).visit(file.syntax.program);
      return found;
    }),
];
