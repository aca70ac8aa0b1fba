// An array that a schema's items, lengths, `contains` and `uniqueItems` allow.

import type { Fields } from "../request-fields.ts";
import { mergeSchemas } from "./merge-schemas.ts";
import { asCount, asSchema, asSchemas, type Schema } from "./schema.ts";
import type { Place, ValueMaker } from "./maker.ts";

const ITEMS_MAX = 1000; // a greater minItems is refused rather than written
const USUAL_ITEMS = 2;
const UNIQUE_TRIES = 32; // other values tried for an item that must differ from those before it

interface ArrayShape {
  readonly least: number;
  readonly most: number;
  readonly prefix: readonly Schema[];
  readonly others: Schema;
}

function readShape(schema: Fields): ArrayShape {
  // Before 2020 a list under `items` was what `prefixItems` is now, and `additionalItems` was the rest.
  const isOld = Array.isArray(schema["items"]);
  const prefix = asSchemas(isOld ? schema["items"] : schema["prefixItems"]);
  const others = asSchema(isOld ? schema["additionalItems"] : schema["items"]);
  const demanded = schema["contains"] === undefined ? 0 : (asCount(schema["minContains"]) ?? 1);
  const allowed = typeof schema["maxItems"] === "number" ? Math.floor(schema["maxItems"]) : ITEMS_MAX;
  return {
    least: Math.max(asCount(schema["minItems"]) ?? 0, demanded),
    most: Math.min(allowed, others === false ? prefix.length : ITEMS_MAX),
    prefix,
    others,
  };
}

function makeItem(maker: ValueMaker, schema: Schema, place: Place, taken: ReadonlySet<string> | undefined): unknown {
  for (let attempt = 0; attempt < UNIQUE_TRIES; attempt += 1) {
    const item = maker.make(schema, { ...place, salt: place.salt + attempt });
    if (item === undefined || taken === undefined || !taken.has(JSON.stringify(item))) return item;
  }
  return undefined;
}

/** An array that satisfies the schema's array keywords; undefined when there is none. */
export function makeArray(maker: ValueMaker, schema: Fields, place: Place): unknown[] | undefined {
  const { least, most, prefix, others } = readShape(schema);
  if (least > most) return undefined;
  const usual = maker.isLean(place.level) ? least : Math.max(least, prefix.length, USUAL_ITEMS);
  const length = Math.min(usual, most);
  const contained = schema["contains"] === undefined ? undefined : asSchema(schema["contains"]);
  const containedCount = contained === undefined ? 0 : (asCount(schema["minContains"]) ?? 1);
  const taken = schema["uniqueItems"] === true ? new Set<string>() : undefined;
  const items: unknown[] = [];
  while (items.length < length) {
    const index = items.length;
    const plain = prefix[index] ?? others;
    const wanted = contained !== undefined && index < containedCount ? mergeSchemas(plain, contained) : plain;
    const inside = { level: place.level + 1, depth: place.depth, salt: place.salt + index };
    const item = makeItem(maker, wanted, inside, taken);
    if (item === undefined) return index >= least ? items : undefined;
    taken?.add(JSON.stringify(item));
    items.push(item);
  }
  return items;
}
