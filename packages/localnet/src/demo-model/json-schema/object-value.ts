// An object that a schema's properties and counts allow.

import { type Fields, isFields } from "../request-fields.ts";
import { mergeSchemas } from "./merge-schemas.ts";
import { makePatternString } from "./pattern-string.ts";
import { asCount, asSchema, asStrings, type Schema } from "./schema.ts";
import type { Place, ValueMaker } from "./maker.ts";

const PROPERTIES_MAX = 1000; // a greater minProperties is refused rather than written
const NAME_TRIES = 64; // other names tried for a property that must not repeat one

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** What the object's keywords say about the property `name`, whether it is declared or not. */
function schemaOfProperty(schema: Fields, name: string): Schema {
  const declared = fieldsOf(schema["properties"]);
  const matching = Object.entries(fieldsOf(schema["patternProperties"]))
    .filter(([pattern]) => new RegExp(pattern, "u").test(name))
    .map(([, property]) => asSchema(property));
  if (Object.hasOwn(declared, name)) matching.push(asSchema(declared[name]));
  return matching.length === 0 ? asSchema(schema["additionalProperties"]) : matching.reduce(mergeSchemas);
}

function makeName(maker: ValueMaker, schema: Fields, place: Place): string | undefined {
  const patterns = Object.keys(fieldsOf(schema["patternProperties"]));
  if (schema["propertyNames"] !== undefined) {
    const name = maker.make(mergeSchemas(asSchema(schema["propertyNames"]), { type: "string" }), place);
    return typeof name === "string" ? name : undefined;
  }
  const pattern = patterns[place.salt % Math.max(1, patterns.length)];
  if (schema["additionalProperties"] !== false || pattern === undefined) return `extra${place.salt + 1}`;
  return makePatternString(pattern, 0, Infinity, place.salt);
}

function fillUp(maker: ValueMaker, schema: Fields, place: Place, made: Map<string, unknown>, least: number): void {
  for (let attempt = 0; made.size < least && attempt < least + NAME_TRIES; attempt += 1) {
    const inside = { ...place, level: place.level + 1, salt: place.salt + attempt };
    const name = makeName(maker, schema, inside);
    if (name === undefined || made.has(name)) continue;
    const value = maker.make(schemaOfProperty(schema, name), inside);
    if (value !== undefined) made.set(name, value);
  }
}

/** An object that satisfies the schema's object keywords; undefined when there is none. */
export function makeObject(maker: ValueMaker, schema: Fields, place: Place): Fields | undefined {
  const required = new Set(asStrings(schema["required"]));
  const declared = Object.keys(fieldsOf(schema["properties"]));
  const most = typeof schema["maxProperties"] === "number" ? schema["maxProperties"] : Infinity;
  const least = asCount(schema["minProperties"]) ?? 0;
  if (least > PROPERTIES_MAX) return undefined;
  const made = new Map<string, unknown>();
  let room = most - required.size;
  for (const [index, name] of [...new Set([...declared, ...required])].entries()) {
    const isRequired = required.has(name);
    const isWanted = isRequired || !maker.isLean(place.level) || made.size < least;
    if (!isWanted || (!isRequired && room <= 0)) continue;
    const inside = { ...place, level: place.level + 1, salt: place.salt + index };
    const value = maker.make(schemaOfProperty(schema, name), inside);
    if (value === undefined && isRequired) return undefined;
    if (value === undefined) continue;
    made.set(name, value);
    if (!isRequired) room -= 1;
  }
  fillUp(maker, schema, place, made, least);
  // Built from entries, so that a property named `__proto__` is a property like any other.
  return made.size >= least && made.size <= most ? Object.fromEntries(made) : undefined;
}
