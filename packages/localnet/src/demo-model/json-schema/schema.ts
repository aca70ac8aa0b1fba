// What a JSON Schema is to the value maker: its words, its types, its pointers.

import { type Fields, isFields } from "../request-fields.ts";

/** A schema: an object of keywords, or a boolean that allows everything or nothing. */
export type Schema = boolean | Fields;

const TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
/** One of JSON Schema's types. */
export type SchemaType = (typeof TYPES)[number];

/** Reads a schema where one should stand; anything that is none allows everything, as in JSON Schema. */
export function asSchema(value: unknown): Schema {
  return typeof value === "boolean" || isFields(value) ? value : true;
}

/** The schemas of an array keyword such as `anyOf`; empty when it is absent. */
export function asSchemas(value: unknown): readonly Schema[] {
  return Array.isArray(value) ? value.map(asSchema) : [];
}

/** The strings of a keyword such as `required`. */
export function asStrings(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** A whole number of at least 0, as `minItems` has; undefined when absent. */
export function asCount(value: unknown): number | undefined {
  return typeof value === "number" && value >= 0 ? Math.ceil(value) : undefined;
}

/** The schema without some of its keywords. */
export function without(schema: Fields, ...keywords: readonly string[]): Fields {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => !keywords.includes(name)));
}

/** The types `value` has: an integer is also a number. */
export function typesOf(value: unknown): readonly SchemaType[] {
  if (value === null) return ["null"];
  if (Array.isArray(value)) return ["array"];
  if (typeof value === "number") return Number.isInteger(value) ? ["integer", "number"] : ["number"];
  if (typeof value === "string" || typeof value === "boolean") return [typeof value as "string" | "boolean"];
  return ["object"];
}

/** The types a schema names; undefined when it names none. */
export function namedTypes(schema: Fields): readonly SchemaType[] | undefined {
  const named: readonly unknown[] = Array.isArray(schema["type"]) ? schema["type"] : [schema["type"]];
  if (schema["type"] === undefined) return undefined;
  return TYPES.filter((type) => named.includes(type));
}

/** What the reference `#…` points at within `root`; undefined when nothing is there or it leaves the document. */
export function resolvePointer(root: Fields, reference: unknown): Schema | undefined {
  if (typeof reference !== "string" || !reference.startsWith("#")) return undefined;
  if (reference === "#") return root;
  let found: unknown = root;
  for (const segment of reference.slice(1).split("/").slice(1)) {
    const name = unescapeSegment(segment);
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    found = (found as Fields)[name];
  }
  return typeof found === "boolean" || isFields(found) ? found : undefined;
}

// RFC 6901 over a URI fragment: percent-encoding first, then ~1 and ~0; a bad percent sign stands for itself.
function unescapeSegment(segment: string): string {
  const text = /^(?:[^%]|%[0-9a-fA-F]{2})*$/.test(segment) ? decodeURIComponent(segment) : segment;
  return text.replaceAll("~1", "/").replaceAll("~0", "~");
}
