// Sections of a config file as tables: one row per key with its reader, whether it may be missing, and an example.
import { printable } from "./config-faults.ts";
import type { Key, KeyTable, Place, Reader, SectionShape } from "./reading.ts";
import { mismatch, placeOfKey, refuse } from "./reading.ts";
import { nearestWord } from "./spelling.ts";
import type { TomlTable, TomlValue } from "./toml-document.ts";

type ValueOf<Each> = Each extends Key<infer Value> ? Value : never;
type OptionalName<Keys extends KeyTable> = {
  [Name in keyof Keys]: Keys[Name]["presence"] extends "optional" ? Name : never;
}[keyof Keys];

/** What a section reads to: optional keys may be missing, the others are there. */
export type Values<Keys extends KeyTable> = {
  readonly [Name in Exclude<keyof Keys, OptionalName<Keys>>]: ValueOf<Keys[Name]>;
} & { readonly [Name in OptionalName<Keys>]?: ValueOf<Keys[Name]> };

type Row<Value, Presence extends Key["presence"]> = Key<Value> & { readonly presence: Presence };

/** A key that must be there. */
export function required<Value>(reader: Reader<Value>, example: string): Row<Value, "required"> {
  return { presence: "required", reader, example };
}

/** A key whose absence means something of its own. */
export function optional<Value>(reader: Reader<Value>, example: string): Row<Value, "optional"> {
  return { presence: "optional", reader, example };
}

/** A key that has a value when it is missing. */
export function withDefault<Value>(reader: Reader<Value>, fallback: Value, example: string): Row<Value, "default"> {
  return { presence: "default", reader, fallback, example };
}

/** What a section in which every key has a default reads to when it is missing. */
export function defaultsOf<Keys extends Readonly<Record<string, Row<unknown, "default">>>>(keys: Keys): Values<Keys> {
  return Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, key.fallback])) as Values<Keys>;
}

/** A section as the file has it, for checks that look at several keys. */
export interface SectionView<Keys extends KeyTable> {
  /** The value of a key as written, whether or not it could be read. */
  written(name: keyof Keys & string): TomlValue | undefined;
  /** Whether a key is written, be it misspelt. */
  isMeant(name: keyof Keys & string): boolean;
  /** Where a key stands, or its section when it is missing. */
  place(name: keyof Keys & string): Place;
}

/** A section with exactly these keys; `check` sees what could be read and refuses what does not fit together. */
export function section<const Keys extends KeyTable>(
  heading: string,
  keys: Keys,
  check?: (values: Partial<Values<Keys>>, view: SectionView<Keys>) => void,
): Reader<Values<Keys>> {
  const expected = heading === "" ? "a config file" : `a ${heading} section`;
  return {
    expected,
    section: { heading, keys },
    read(value, place) {
      if (value.kind !== "table") return mismatch(place, expected, value);
      const faultsBefore = place.reading.faults.length;
      const misspelt = refuseUnknownKeys(value, keys, place);
      const values: Record<string, unknown> = {};
      for (const [name, key] of Object.entries(keys)) {
        const found = misspelt.has(name) ? undefined : readKey(name, key, value, place);
        if (found !== undefined) values[name] = found;
      }
      check?.(values as Partial<Values<Keys>>, {
        written: (name) => value.entries.get(name)?.value,
        isMeant: (name) => value.entries.has(name) || misspelt.has(name),
        place: (name) => placeIn(place, name, keys[name], value),
      });
      return place.reading.faults.length === faultsBefore ? (values as Values<Keys>) : undefined;
    },
  };
}

function placeIn(sectionPlace: Place, name: string, key: Key | undefined, table: TomlTable): Place {
  const at = table.entries.get(name)?.value.at ?? sectionPlace.at;
  return placeOfKey(sectionPlace, name, at, key?.example ?? sectionPlace.example);
}

function readKey(name: string, key: Key, table: TomlTable, sectionPlace: Place): unknown {
  const place = placeIn(sectionPlace, name, key, table);
  const entry = table.entries.get(name);
  if (entry !== undefined) return key.reader.read(entry.value, place);
  if (key.presence === "required") return refuse(place, `expected ${key.reader.expected}, found no \`${name}\``);
  return key.fallback;
}

/** Refuses every unknown key; returns the missing keys that were meant, so that they are not also called missing. */
function refuseUnknownKeys(table: TomlTable, keys: KeyTable, sectionPlace: Place): ReadonlySet<string> {
  const misspelt = new Set<string>();
  for (const [name, { at }] of table.entries) {
    if (Object.hasOwn(keys, name)) continue;
    const meant = refuseUnknown(name, keys, placeOfKey(sectionPlace, name, at, sectionPlace.example));
    if (meant !== undefined && !table.entries.has(meant)) misspelt.add(meant);
  }
  return misspelt;
}

/** Returns the key that was most likely meant, when one is near. */
function refuseUnknown(name: string, keys: KeyTable, place: Place): string | undefined {
  const known = Object.keys(keys);
  const { word: nearest, isLikely } = nearestWord(name, known);
  const example = keys[nearest]?.example;
  const unknown = `unknown key \`${printable(name)}\``;
  if (isLikely) {
    refuse(place, `${unknown}; did you mean \`${nearest}\`?`, example);
    return nearest;
  }
  const homes = homesOf(name, keys, place);
  if (homes.length > 0) {
    const where = homes.map(({ heading }) => (heading === "" ? TOP_OF_FILE : `in ${heading}`)).join(" or ");
    return refuse(place, `${unknown} here; it belongs ${where}`, homes[0]?.keys[name]?.example);
  }
  const others = known.map((each) => `\`${each}\``).join(", ");
  return refuse(place, `${unknown}; known here are ${others}; nearest is \`${nearest}\``, example);
}

const TOP_OF_FILE = "at the top of the file, before its first section";

/** The sections that know a key of this name: those inside this one, else those of the whole file. */
function homesOf(name: string, keys: KeyTable, place: Place): readonly SectionShape[] {
  const inside = sectionsWith(name, { heading: "", keys });
  return inside.length > 0 ? inside : sectionsWith(name, { heading: "", keys: place.reading.root });
}

function sectionsWith(name: string, shape: SectionShape): readonly SectionShape[] {
  const inside = Object.values(shape.keys).flatMap(({ reader }) =>
    reader.section === undefined ? [] : sectionsWith(name, reader.section),
  );
  return Object.hasOwn(shape.keys, name) ? [shape, ...inside] : inside;
}
