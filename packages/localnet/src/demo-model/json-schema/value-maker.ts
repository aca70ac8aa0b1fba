// Makes values keyword by keyword: references and branches here, objects and arrays in their own rooms.

import type { Fields } from "../request-fields.ts";
import { makeArray } from "./array-value.ts";
import { mergeSchemas } from "./merge-schemas.ts";
import { makeNumber } from "./number-value.ts";
import { makeObject } from "./object-value.ts";
import {
  asSchema,
  asSchemas,
  namedTypes,
  resolvePointer,
  type Schema,
  type SchemaType,
  typesOf,
  without,
} from "./schema.ts";
import { makeString } from "./string-value.ts";
import type { Place, ValueMaker } from "./maker.ts";

const STEPS_MAX = 20_000; // schemas visited for one value: a schema that branches without end stops here
const DEPTH_MAX = 64; // schemas within schemas, references included
const GENEROUS_LEVELS = 3; // objects and arrays below this level hold only what they must, so that recursion ends

const KEYWORD_TYPES: readonly (readonly [SchemaType, readonly string[]])[] = [
  ["object", ["properties", "required", "additionalProperties", "patternProperties", "minProperties", "propertyNames"]],
  ["array", ["items", "prefixItems", "minItems", "contains", "uniqueItems"]],
  ["string", ["minLength", "maxLength", "pattern", "format"]],
  ["number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]],
];

function typesToTry(schema: Fields, lean: boolean): readonly SchemaType[] {
  const named = namedTypes(schema);
  if (named === undefined) {
    const implied = KEYWORD_TYPES.find(([, keywords]) => keywords.some((keyword) => schema[keyword] !== undefined));
    return [implied?.[0] ?? "string"];
  }
  const isLast = (type: SchemaType): boolean => (lean ? type === "object" || type === "array" : type === "null");
  return [...named.filter((type) => !isLast(type)), ...named.filter(isLast)];
}

function chooseListed(values: readonly unknown[], schema: Fields, salt: number): unknown {
  const types = namedTypes(schema);
  const fitting = values.filter((value) => types === undefined || typesOf(value).some((type) => types.includes(type)));
  return fitting[salt % Math.max(1, fitting.length)];
}

function isLeaf(schema: Schema): boolean {
  if (typeof schema === "boolean") return true;
  const types = namedTypes(schema) ?? [];
  return schema["$ref"] === undefined && !types.includes("object") && !types.includes("array");
}

/** Keywords that say "and also one of these", with the ways each can be taken. */
function branchesOf(schema: Fields): { readonly rest: Fields; readonly branches: readonly Schema[] } | undefined {
  for (const keyword of ["anyOf", "oneOf"]) {
    if (schema[keyword] !== undefined) return { rest: without(schema, keyword), branches: asSchemas(schema[keyword]) };
  }
  if (schema["if"] === undefined) return undefined;
  const agreed = mergeSchemas(asSchema(schema["if"]), asSchema(schema["then"]));
  return { rest: without(schema, "if", "then", "else"), branches: [agreed, asSchema(schema["else"])] };
}

/** Creates the maker of values for `root`, in which all references are looked up; `lean` leaves out what is optional. */
export function createValueMaker(
  root: Fields,
  { words, lean }: { readonly words: readonly string[]; readonly lean: boolean },
): (salt: number) => unknown {
  let steps = 0;
  const isLean = (level: number): boolean => lean || level >= GENEROUS_LEVELS;

  const makeBranch = (rest: Fields, branches: readonly Schema[], place: Place): unknown => {
    const start = place.salt % Math.max(1, branches.length);
    const turned = [...branches.slice(start), ...branches.slice(0, start)];
    const ordered = isLean(place.level)
      ? [...turned.filter(isLeaf), ...turned.filter((branch) => !isLeaf(branch))]
      : turned;
    return firstMade(ordered, (branch) => make(mergeSchemas(rest, branch), place));
  };

  const makeType = (type: SchemaType, schema: Fields, place: Place): unknown => {
    switch (type) {
      case "object":
        return makeObject(maker, schema, place);
      case "array":
        return makeArray(maker, schema, place);
      case "string":
        return makeString(schema, place.salt, words);
      case "number":
      case "integer":
        return makeNumber(schema, type === "integer", place.salt);
      case "boolean":
        return place.salt % 2 === 0;
      case "null":
        return null;
    }
  };

  const make = (schema: Schema, above: Place): unknown => {
    const place = { ...above, depth: above.depth + 1 };
    steps += 1;
    if (schema === false || steps > STEPS_MAX || place.depth > DEPTH_MAX) return undefined;
    if (schema === true) return make({ type: "string" }, place);
    if (schema["$ref"] !== undefined) {
      const target = resolvePointer(root, schema["$ref"]);
      return target === undefined ? undefined : make(mergeSchemas(without(schema, "$ref"), target), place);
    }
    const fork = branchesOf(schema);
    if (fork !== undefined) return makeBranch(fork.rest, fork.branches, place);
    if (schema["allOf"] !== undefined) {
      return make(asSchemas(schema["allOf"]).reduce(mergeSchemas, without(schema, "allOf")), place);
    }
    if (schema["const"] !== undefined) return schema["const"];
    if (Array.isArray(schema["enum"])) return chooseListed(schema["enum"], schema, place.salt);
    return firstMade(typesToTry(schema, isLean(place.level)), (type) => makeType(type, schema, place));
  };
  const maker: ValueMaker = { make, isLean };
  return (salt) => make(root, { level: 0, depth: 0, salt });
}

function firstMade<Choice>(choices: readonly Choice[], make: (choice: Choice) => unknown): unknown {
  for (const choice of choices) {
    const value = make(choice);
    if (value !== undefined) return value;
  }
  return undefined;
}
