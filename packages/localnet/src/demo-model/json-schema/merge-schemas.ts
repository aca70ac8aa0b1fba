// Two schemas that must both hold, as one: what `allOf`, `$ref` with neighbours and branches of `anyOf` come down to.

import type { Fields } from "../request-fields.ts";
import { asSchema, asSchemas, asStrings, namedTypes, type Schema, without } from "./schema.ts";

type Combine = (left: unknown, right: unknown) => unknown;

const IMPOSSIBLE = Symbol("no value can satisfy both");

const greater: Combine = (left, right) => Math.max(left as number, right as number);
const smaller: Combine = (left, right) => Math.min(left as number, right as number);
const either: Combine = (left, right) => left === true || right === true;
const both: Combine = (left, right) => mergeSchemas(asSchema(left), asSchema(right));

function bothByName(left: unknown, right: unknown): unknown {
  const merged = new Map(Object.entries(left as Fields));
  for (const [name, schema] of Object.entries(right as Fields)) {
    merged.set(name, merged.has(name) ? both(merged.get(name), schema) : schema);
  }
  return Object.fromEntries(merged);
}

function commonValues(left: unknown, right: unknown): unknown {
  const allowed = new Set((right as readonly unknown[]).map((value) => JSON.stringify(value)));
  const common = (left as readonly unknown[]).filter((value) => allowed.has(JSON.stringify(value)));
  return common.length > 0 ? common : IMPOSSIBLE;
}

function commonTypes(left: unknown, right: unknown): unknown {
  const ours = namedTypes({ type: left }) ?? [];
  const theirs = namedTypes({ type: right }) ?? [];
  const common = ours.filter((type) => theirs.includes(type) || (type === "integer" && theirs.includes("number")));
  if (theirs.includes("integer") && ours.includes("number") && !common.includes("integer")) common.push("integer");
  return common.length > 0 ? common : IMPOSSIBLE;
}

function commonMultiple(left: unknown, right: unknown): unknown {
  const [a, b] = [left as number, right as number];
  if (a % b === 0) return a;
  return b % a === 0 ? b : a * b;
}

const COMBINE = new Map<string, Combine>([
  ["type", commonTypes],
  ["enum", commonValues],
  ["const", (left, right) => (JSON.stringify(left) === JSON.stringify(right) ? left : IMPOSSIBLE)],
  ["required", (left, right) => [...new Set([...asStrings(left), ...asStrings(right)])]],
  ["properties", bothByName],
  ["patternProperties", bothByName],
  ["items", both],
  ["additionalProperties", both],
  ["propertyNames", both],
  ["multipleOf", commonMultiple],
  ["uniqueItems", either],
  ["allOf", (left, right) => [...(left as readonly unknown[]), ...(right as readonly unknown[])]],
  ...["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"].map((name) => [name, greater] as const),
  ...["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"].map((name) => [name, smaller] as const),
]);

// These cannot become one keyword, so the second stands under `allOf`, where its turn comes later.
const LATER = new Set(["$ref", "anyOf", "oneOf"]);
const CONDITION = ["if", "then", "else"];

function addToAllOf(schema: Fields, added: readonly Schema[]): Fields {
  const before = Array.isArray(schema["allOf"]) ? asSchemas(schema["allOf"]) : [];
  return { ...schema, allOf: [...before, ...added] };
}

/**
 * A schema whose values satisfy both, or false where that is plainly impossible. Keywords it cannot combine (two
 * patterns, two formats) keep the left one: the finished value is checked against the whole schema anyway.
 */
export function mergeSchemas(left: Schema, right: Schema): Schema {
  if (left === true || right === false) return right;
  if (left === false || right === true) return left;
  if (left["if"] !== undefined && right["if"] !== undefined) {
    const condition = Object.fromEntries(Object.entries(right).filter(([name]) => CONDITION.includes(name)));
    return mergeSchemas(addToAllOf(left, [condition]), without(right, ...CONDITION));
  }
  const merged = new Map(Object.entries(left));
  const later: Fields[] = [];
  for (const [name, value] of Object.entries(right)) {
    if (!merged.has(name)) {
      merged.set(name, value);
    } else if (LATER.has(name)) {
      later.push({ [name]: value });
    } else {
      const combined = COMBINE.get(name)?.(merged.get(name), value);
      if (combined === IMPOSSIBLE) return false;
      if (combined !== undefined) merged.set(name, combined);
    }
  }
  const fields = Object.fromEntries(merged);
  return later.length > 0 ? addToAllOf(fields, later) : fields;
}
