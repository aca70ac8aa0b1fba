// The reading of a config file: what readers are given, what they return, and how they refuse.
import type { ConfigFault } from "./config-faults.ts";
import { printable } from "./config-faults.ts";
import type { Position, TomlValue } from "./toml-document.ts";

/** The variables a file may name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** One reading of one file: what it may look up, and what it gathers. */
export interface Reading {
  readonly environment: Environment;
  /** The keys of the whole file, to tell where a misplaced one belongs. */
  readonly root: KeyTable;
  readonly faults: ConfigFault[];
  /** The lines of values that may occur only once in the file. */
  readonly linesOfUnique: Map<string, number>;
}

/** A key's place in the file while its value is read. */
export interface Place {
  readonly reading: Reading;
  /** Such as `models[1].pricing.prompt`; empty for the file itself. */
  readonly path: string;
  readonly at: Position;
  /** A line that would be valid here. */
  readonly example: string;
}

/** Turns a value of the file into what the program uses. */
export interface Reader<Value> {
  /** What a person is to write, in words that follow "expected". */
  readonly expected: string;
  /** Of a section or a list of them: how it opens, and the keys in it. */
  readonly section?: SectionShape;
  /** Returns undefined after it has recorded at least one fault, and only then. */
  read(value: TomlValue, place: Place): Value | undefined;
}

/** How a section opens in the file, such as `[models.pricing]`, and its keys. */
export interface SectionShape {
  readonly heading: string;
  readonly keys: KeyTable;
}

/** One row: a key of a section. */
export interface Key<Value = unknown> {
  readonly presence: "required" | "optional" | "default";
  readonly reader: Reader<Value>;
  /** A line of the file that sets it. */
  readonly example: string;
  /** What holds when the key is missing; only with presence `default`. */
  readonly fallback?: Value;
}

/** The rows of a section by the names of their keys. */
export type KeyTable = Readonly<Record<string, Key>>;

/** Records a fault at `place`; readers return its result, which is their word for "refused". */
export function refuse(place: Place, problem: string, example = place.example): undefined {
  const { line, column } = place.at;
  place.reading.faults.push({ line, column, path: place.path, problem, example });
  return undefined;
}

/** Records that a value is not what its key needs. */
export function mismatch(place: Place, expected: string, value: TomlValue): undefined {
  return refuse(place, `expected ${expected}, found ${described(value)}`);
}

/** What kind of value was found, without its contents: for keys that hold secrets. */
export function kindOf(value: TomlValue): string {
  switch (value.kind) {
    case "table":
      return "a section";
    case "list":
      return value.items.length === 0 ? "an empty list" : "a list";
    case "integer":
      return "an integer";
    default:
      return `a ${value.kind}`;
  }
}

function described(value: TomlValue): string {
  switch (value.kind) {
    case "string":
      return `"${printable(value.text)}"`;
    case "integer":
    case "float":
      return printable(value.source);
    case "boolean":
      return String(value.flag);
    default:
      return kindOf(value);
  }
}

/** The place of a key inside a section. */
export function placeOfKey(section: Place, name: string, at: Position, example: string): Place {
  const path = section.path === "" ? printable(name) : `${section.path}.${printable(name)}`;
  return { reading: section.reading, path, at, example };
}
