import assert from "node:assert/strict";
import { stripTypeScriptTypes } from "node:module";
import { test } from "node:test";
import { toErasableSyntax } from "./erasable-syntax.ts";

function made(source: string, others: Readonly<Record<string, string>> = {}): string | undefined {
  return toErasableSyntax(new Map([["a/sample.ts", source], ...Object.entries(others)])).get("a/sample.ts");
}

test("an enum becomes constants, and its members stay usable as types", () => {
  const text = made("export enum Kind { One, Two }\ntype First = { kind: Kind.One };\nconst first = Kind.One;\n");
  assert.equal(
    text,
    "export const Kind = { One: 0, Two: 1 } as const;\n\nexport type Kind = (typeof Kind)[keyof typeof Kind];\n" +
      "type First = { kind: typeof Kind.One };\nconst first = Kind.One;\n",
  );
  assert.throws(() => made("enum Kind { One = 7 }"), /Kind is an enum that counts from 0/);
});

test("a type assertion in angle brackets becomes one that types are stripped from", () => {
  assert.equal(made("const x = { a: <Map<A, B>>{ b: 1 } };"), "const x = { a: ({ b: 1 } as Map<A, B>) };");
});

test("relative imports name the file that was generated, and others stay", () => {
  const others = { "b.ts": "", "c/index.ts": "", "a/index.ts": "" };
  const source = 'import { b } from "../b";\nexport * from "../c";\nimport { x } from ".";\nimport { y } from "kit";\n';
  assert.equal(
    made(source, others),
    'import { b } from "../b.ts";\nexport * from "../c/index.ts";\nimport { x } from "./index.ts";\nimport { y } from "kit";\n',
  );
  assert.throws(() => made('import { b } from "../missing";'), /the renderer did not write/);
});

test("a type that is imported as a value is imported as a type", () => {
  const others = { "b.ts": "export type Seeds = {};\nexport function find() {}\n" };
  assert.equal(made('import { find, Seeds } from "../b";', others), 'import { find, type Seeds } from "../b.ts";');
});

test("what comes out is TypeScript that Node runs by stripping types", () => {
  const source = "export enum Kind { One }\nconst x = <Kind>Kind.One;\nexport const y: Kind.One = x;\n";
  assert.throws(() => stripTypeScriptTypes(source));
  assert.ok(stripTypeScriptTypes(made(source) ?? "").includes("Kind.One"));
});
