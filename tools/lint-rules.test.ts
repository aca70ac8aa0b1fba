import assert from "node:assert/strict";
import { test } from "node:test";
import { lintSamples } from "./lint-samples.ts";

const LONG_FUNCTION = `export function long(): void {\n${"  void 0;\n".repeat(70)}}\n`;

/** For each rule the house relies on, a line that breaks it; those with types show that type-aware linting works. */
const BROKEN: readonly (readonly [rule: string, text: string])[] = [
  ["typescript(no-floating-promises)", "export function go(): void { Promise.resolve(1); }"],
  [
    "typescript(no-misused-promises)",
    "export const f = (xs: string[]): void => { for (const x of xs) if (Promise.resolve(x)) f([]); };",
  ],
  ["typescript(only-throw-error)", 'export function go(): never { throw "text"; }'],
  ["typescript(no-explicit-any)", "export const a: any = 1;"],
  ["typescript(no-unsafe-assignment)", 'export const a: { b: 1 } = JSON.parse("{}");'],
  ["typescript(no-unsafe-return)", 'export const f = (): { b: 1 } => JSON.parse("{}");'],
  ["typescript(no-unsafe-member-access)", 'export const a: unknown = JSON.parse("{}").b;'],
  ["typescript(no-unsafe-call)", 'export const a: unknown = JSON.parse("{}")();'],
  ["typescript(no-unsafe-argument)", 'export const a = encodeURI(JSON.parse("{}"));'],
  [
    "typescript(switch-exhaustiveness-check)",
    'export function f(x: "a" | "b"): void { switch (x) { case "a": break; } }',
  ],
  ["typescript(no-non-null-assertion)", "export const f = (x?: string): string => x!;"],
  ["typescript(prefer-nullish-coalescing)", 'export const f = (x?: string): string => x || "y";'],
  [
    "typescript(return-await)",
    "export async function f(p: Promise<1>): Promise<1> { try { return p; } finally { await p; } }",
  ],
  ["typescript(consistent-type-imports)", 'export type A = import("node:http").Server;'],
  ["typescript(explicit-module-boundary-types)", "export function f() { return 1; }"],
  ["typescript(ban-ts-comment)", "// @ts-ignore\nexport const a = 1;"],
  ["eslint(eqeqeq)", "export const f = (x: unknown): boolean => x == 1;"],
  ["eslint(no-empty)", "export function f(): void { try { f(); } catch {} }"],
  ["eslint(no-console)", 'console.log("x"); export {};'],
  ["eslint(id-denylist)", "export const f = (req: string): string => req;"],
  ["eslint(no-param-reassign)", "export function f(x: number): number { x = 2; return x; }"],
  ["eslint(max-lines)", "export {};\n".repeat(301)],
  ["eslint(max-lines-per-function)", LONG_FUNCTION],
  [
    "eslint(max-depth)",
    "export function f(x: boolean): void { if (x) { if (x) { if (x) { if (x) { if (x) { f(x); } } } } } }",
  ],
  [
    "eslint(preserve-caught-error)",
    "export function f(): void { try { f(); } catch (error) { throw new Error(String(error)); } }",
  ],
  ["import(no-default-export)", "export default 1;"],
  ["import(no-mutable-exports)", "export let a = 1; a = 2;"],
  ["oxc(no-barrel-file)", 'export * from "./other.ts";'],
  ["unicorn(prefer-node-protocol)", 'import { join } from "path"; export const a = join("b");'],
  ["unicorn(catch-error-name)", "export function f(): void { try { f(); } catch (oops) { throw oops; } }"],
  ["unicorn(no-process-exit)", "export const f = (): never => process.exit(1);"],
];

/** What the house wants to write and no rule may forbid. */
const FINE: readonly (readonly [path: string, text: string])[] = [
  [
    "packages/proxy/src/a.test.ts",
    'import { describe, test } from "node:test";\ntest("a", async () => {});\ndescribe("b", () => {});\n',
  ],
  ["packages/proxy/src/main.ts", 'console.log("ready");\nprocess.exit(0);\n'],
  [
    "packages/proxy/src/default.ts",
    'export function f(x: "a" | "b"): number {\n  switch (x) {\n    case "a":\n      return 1;\n    default:\n      return 2;\n  }\n}\n',
  ],
  [
    "packages/proxy/src/cause.ts",
    'export function f(): void {\n  try {\n    f();\n  } catch (cause) {\n    throw new Error("translated", { cause });\n  }\n}\n',
  ],
  [
    "packages/proxy/src/method.ts",
    "interface Door {\n  open(): void;\n}\nexport function through({ open }: Door): () => void {\n  return open;\n}\n",
  ],
  ["packages/proxy/src/long.test.ts", `${LONG_FUNCTION}${"// a line\n".repeat(300)}`],
];

test("each rule the house relies on can fail", (t) => {
  const path = (index: number): string => `packages/proxy/src/sample-${index}.ts`;
  const samples = BROKEN.map(([, text], index): [string, string] => [path(index), `${text}\n`]);
  const found = lintSamples(t, new Map([...samples, ["packages/proxy/src/other.ts", "export const other = 1;\n"]]));
  for (const [index, [rule, text]] of BROKEN.entries()) {
    const rules = found.filter((finding) => finding.path === path(index)).map((finding) => finding.rule);
    assert.ok(rules.includes(rule), `${rule} says nothing of: ${text.slice(0, 100)} (only: ${rules.join(", ")})`);
  }
});

test("file names are kebab-case", (t) => {
  const files = new Map(
    ["goodName", "GoodName", "good_name", "good-name"].map((name) => [`packages/proxy/src/${name}.ts`, "export {};\n"]),
  );
  const found = lintSamples(t, files).filter(({ rule }) => rule === "unicorn(filename-case)");
  assert.deepEqual(found.map(({ path }) => path).toSorted(), [
    "packages/proxy/src/GoodName.ts",
    "packages/proxy/src/goodName.ts",
    "packages/proxy/src/good_name.ts",
  ]);
});

test("no rule forbids the house's own style", (t) => {
  assert.deepEqual(lintSamples(t, new Map(FINE)), []);
});
