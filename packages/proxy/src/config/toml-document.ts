// A TOML text as a tree in which every value knows its place and numbers keep the digits they were written with.
import assert from "node:assert/strict";
import type { AST } from "toml-eslint-parser";
import { ParseError, parseTOML } from "toml-eslint-parser";
import { ConfigFaults } from "./config-faults.ts";

/** Line and column in the file, both counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

// A key with its value; `at` is where the key stands.
interface TomlEntry {
  readonly at: Position;
  readonly value: TomlValue;
}

/** A table, whether written as `[section]`, inline or through dotted keys. */
export interface TomlTable {
  readonly kind: "table";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, TomlEntry>;
}

// A list, whether written as `[1, 2]` or as `[[sections]]`.
interface TomlList {
  readonly kind: "list";
  readonly at: Position;
  readonly items: readonly TomlValue[];
}

// A value that holds no others; `source` is a number's or a date's own text.
type TomlScalar =
  | { readonly kind: "string"; readonly at: Position; readonly text: string }
  | { readonly kind: "integer"; readonly at: Position; readonly source: string; readonly integer: bigint }
  | { readonly kind: "float"; readonly at: Position; readonly source: string }
  | { readonly kind: "boolean"; readonly at: Position; readonly flag: boolean }
  | { readonly kind: "date"; readonly at: Position; readonly source: string };

/** Any value of a TOML text. */
export type TomlValue = TomlTable | TomlList | TomlScalar;

type GrowingTable = TomlTable & { readonly entries: Map<string, TomlEntry> };
type GrowingList = TomlList & { readonly items: TomlValue[] };

const TEXT_CHARACTERS_MAX = 1024 * 1024; // some two thousand models; the parser's time and memory grow with the text
const DEPTH_MAX = 16; // settings are four levels deep at most; what reads the tree may recurse

const SYNTAX_EXAMPLE = 'name = "gpt-4o"';

/** Reads a TOML text; throws `ConfigFaults` with one fault when it is not TOML. */
export function parseToml(text: string, fileName: string): TomlTable {
  const program = parseProgram(text, fileName);
  const root = newTable({ line: 1, column: 1 });
  for (const node of program.body[0].body) {
    const table = node.type === "TOMLTable" ? openTable(root, node) : root;
    for (const entry of node.type === "TOMLTable" ? node.body : [node]) addEntry(table, entry);
  }
  return root;
}

function parseProgram(text: string, fileName: string): AST.TOMLProgram {
  if (text.length > TEXT_CHARACTERS_MAX) {
    const problem = `expected at most ${TEXT_CHARACTERS_MAX} characters, found ${text.length}`;
    throw syntaxFault({ line: 1, column: 1 }, problem, fileName);
  }
  const program = parseSyntax(text.replace(/^\uFEFF/, " "), fileName); // editors on Windows begin files with U+FEFF
  let depth = 0;
  for (const token of program.tokens) {
    if (token.type !== "Punctuator") continue;
    if (token.value === "[" || token.value === "{") depth += 1;
    if (token.value === "]" || token.value === "}") depth -= 1;
    if (depth <= DEPTH_MAX) continue;
    throw syntaxFault(startOf(token), `expected at most ${DEPTH_MAX} brackets in each other, found more`, fileName);
  }
  return program;
}

function parseSyntax(text: string, fileName: string): AST.TOMLProgram {
  try {
    return parseTOML(text);
  } catch (cause) {
    if (cause instanceof ParseError) {
      const at = { line: cause.lineNumber, column: cause.column + 1 };
      const problem = `expected TOML, found a fault in column ${at.column}: ${cause.message}`;
      throw syntaxFault(at, problem, fileName, cause);
    }
    // The parser has no other input than the text: absurd nesting or length makes it run out of stack.
    throw syntaxFault({ line: 1, column: 1 }, "expected TOML, found text the parser cannot follow", fileName, cause);
  }
}

function syntaxFault(at: Position, problem: string, fileName: string, cause?: unknown): ConfigFaults {
  const fault = { line: at.line, column: at.column, path: "", problem, example: SYNTAX_EXAMPLE };
  return new ConfigFaults([fault], fileName, { cause });
}

function newTable(at: Position): GrowingTable {
  return { kind: "table", at, entries: new Map() };
}

function startOf(node: AST.HasLocs): Position {
  return { line: node.loc.start.line, column: node.loc.start.column + 1 };
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}

/** The table a header such as `[models.pricing]` opens, made on the way when it is new. */
function openTable(root: GrowingTable, node: AST.TOMLTable): GrowingTable {
  const at = startOf(node);
  const steps = node.resolvedKey;
  let table = root;
  for (const [index, step] of steps.entries()) {
    if (typeof step === "number") continue;
    const next = steps[index + 1];
    table = typeof next === "number" ? itemOf(table, step, next, at) : childOf(table, step, at);
  }
  return table;
}

// The parser has refused every key that is defined twice, so what is present is of the kind its header says; and
// only this file makes tables and lists, so each may still grow while it reads.
function childOf(table: GrowingTable, name: string, at: Position): GrowingTable {
  const child = table.entries.get(name)?.value ?? newTable(at);
  assert(child.kind === "table", "a table's name has no other value");
  if (!table.entries.has(name)) table.entries.set(name, { at, value: child });
  return child as GrowingTable;
}

function itemOf(table: GrowingTable, name: string, index: number, at: Position): GrowingTable {
  const list = table.entries.get(name)?.value ?? { kind: "list", at, items: [] };
  assert(list.kind === "list" && index <= list.items.length, "the tables of a list come one after the other");
  if (!table.entries.has(name)) table.entries.set(name, { at, value: list });
  const item = list.items[index] ?? newTable(at);
  assert(item.kind === "table", "a list that [[headers]] fill holds only tables");
  (list as GrowingList).items[index] = item;
  return item as GrowingTable;
}

function addEntry(table: GrowingTable, node: AST.TOMLKeyValue): void {
  const at = startOf(node.key);
  const names = node.key.keys.map(nameOf);
  const last = names.pop();
  assert(last !== undefined, "a key has at least one name");
  let target = table;
  for (const name of names) target = childOf(target, name, at);
  assert(!target.entries.has(last), "a key has one value");
  target.entries.set(last, { at, value: convert(node.value) });
}

function convert(node: AST.TOMLContentNode): TomlValue {
  const at = startOf(node);
  switch (node.type) {
    case "TOMLArray":
      return { kind: "list", at, items: node.elements.map(convert) };
    case "TOMLInlineTable": {
      const table = newTable(at);
      for (const entry of node.body) addEntry(table, entry);
      return table;
    }
    case "TOMLValue":
      return scalarOf(node, at);
  }
}

function scalarOf(node: AST.TOMLValue, at: Position): TomlScalar {
  switch (node.kind) {
    case "string":
      return { kind: "string", at, text: node.value };
    case "integer":
      return { kind: "integer", at, source: node.number, integer: node.bigint };
    case "float":
      return { kind: "float", at, source: node.number };
    case "boolean":
      return { kind: "boolean", at, flag: node.value };
    default:
      return { kind: "date", at, source: node.datetime };
  }
}
