// Makes TypeScript of @codama/renderers-js into TypeScript that Node runs by stripping types and our tsconfig accepts.
import assert from "node:assert/strict";
import { posix } from "node:path";
import { parseSync, Visitor } from "oxc-parser";
import type { Program, TSEnumDeclaration } from "oxc-parser";

const ASKS_FOR_PRODUCTION = "process.env['NODE_ENV'] !== 'production'";

/** Source files by their paths from the folder they are generated into. */
type Sources = ReadonlyMap<string, string>;

/** What stands at these offsets gives way to this text. */
interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What the sources export together: an import of it may have to be written differently. */
interface Declared {
  readonly enums: Set<string>;
  readonly types: Set<string>;
}

function parse(path: string, source: string): Program {
  const { program, errors } = parseSync(path, source);
  assert.deepEqual(errors, [], `the renderer wrote no TypeScript into ${path}`);
  return program;
}

function readDeclared(programs: Iterable<Program>): Declared {
  const declared: Declared = { enums: new Set(), types: new Set() };
  for (const program of programs) {
    new Visitor({
      TSEnumDeclaration: ({ id }) => void declared.enums.add(id.name),
      TSTypeAliasDeclaration: ({ id }) => void declared.types.add(id.name),
    }).visit(program);
  }
  return declared;
}

function constantsOf({ id: { name }, body }: TSEnumDeclaration): string {
  const members = body.members.map((member, value) => {
    assert(member.id.type === "Identifier" && member.initializer === null, `${name} is an enum that counts from 0`);
    return `${member.id.name}: ${value}`;
  });
  return `const ${name} = { ${members.join(", ")} } as const;\n\nexport type ${name} = (typeof ${name})[keyof typeof ${name}];`;
}

/** Enums become constants with a type of the same name, `<T>value` becomes `value as T`, and what does not fit us goes. */
function syntaxEdits(program: Program, source: string, { enums }: Declared): Edit[] {
  const edits: Edit[] = [];
  new Visitor({
    TSEnumDeclaration: (declaration) =>
      void edits.push({ start: declaration.start, end: declaration.end, text: constantsOf(declaration) }),
    TSTypeReference({ start, typeName }) {
      if (typeName.type !== "TSQualifiedName" || typeName.left.type !== "Identifier") return;
      if (enums.has(typeName.left.name)) edits.push({ start, end: start, text: "typeof " });
    },
    TSTypeAssertion({ start, end, expression, typeAnnotation }) {
      const type = source.slice(typeAnnotation.start, typeAnnotation.end);
      edits.push({ start, end: expression.start, text: "(" }, { start: end, end, text: ` as ${type})` });
    },
    // The messages of errors are for people in production too, and a library reads no environment.
    BinaryExpression({ start, end }) {
      if (source.slice(start, end) === ASKS_FOR_PRODUCTION) edits.push({ start, end, text: "true" });
    },
    // The renderer writes the type that extendClient returned in an earlier kit; ours says it itself.
    ArrowFunctionExpression({ returnType, body }) {
      if (!returnType || !/^\{\s*return extendClient\(/.test(source.slice(body.start, body.end))) return;
      edits.push({ start: returnType.start, end: returnType.end, text: "" });
    },
  }).visit(program);
  return edits;
}

/** Relative imports name their file, and types are imported as types. */
function importEdits(path: string, program: Program, sources: Sources, { types }: Declared): Edit[] {
  const edits: Edit[] = [];
  const nameFile = (module: { start: number; end: number; value: string }): void => {
    if (!module.value.startsWith(".")) return;
    const files = [`${module.value}.ts`, `${module.value}/index.ts`];
    const found = files.find((file) => sources.has(posix.join(posix.dirname(path), file)));
    assert(found !== undefined, `${path} imports ${module.value}, which the renderer did not write`);
    edits.push({ start: module.start, end: module.end, text: JSON.stringify(found) });
  };
  new Visitor({
    ExportAllDeclaration: ({ source }) => nameFile(source),
    ImportDeclaration({ source, specifiers }) {
      nameFile(source);
      if (!source.value.startsWith(".")) return;
      for (const specifier of specifiers) {
        if (specifier.type !== "ImportSpecifier" || specifier.importKind === "type") continue;
        const isType = specifier.imported.type === "Identifier" && types.has(specifier.imported.name);
        if (isType) edits.push({ start: specifier.start, end: specifier.start, text: "type " });
      }
    },
  }).visit(program);
  return edits;
}

function applyEdits(source: string, edits: readonly Edit[]): string {
  let edited = source;
  for (const { start, end, text } of edits.toSorted((one, other) => other.start - one.start)) {
    edited = edited.slice(0, start) + text + edited.slice(end);
  }
  return edited;
}

/** The same sources without enums, type assertions in angle brackets, imports that name no file, and types imported as values. */
export function toErasableSyntax(sources: Sources): Map<string, string> {
  const programs = new Map([...sources].map(([path, source]) => [path, parse(path, source)]));
  const declared = readDeclared(programs.values());
  return new Map(
    [...sources].map(([path, source]) => {
      const program = programs.get(path) ?? parse(path, source);
      const edits = [...syntaxEdits(program, source, declared), ...importEdits(path, program, sources, declared)];
      return [path, applyEdits(source, edits)];
    }),
  );
}
