// A value for a JSON Schema: made from the schema's own words, then checked against all of it.

import { isAimoError } from "@aimo-network/protocol/errors";
import { Check } from "typebox/schema";

import { type Fields, invalidField } from "../request-fields.ts";
import { createValueMaker } from "./value-maker.ts";

const SALTS_PER_FORM = 6; // other choices that are tried where the first value does not satisfy the schema

/** What steers a value beyond its schema. */
export interface SchemaValueOptions {
  /** Another salt makes another value, where the schema leaves room. */
  readonly salt: number;
  /** Texts to use where any string will do. */
  readonly words: readonly string[];
}

/**
 * A value that satisfies `schema`. Throws `invalid_request` naming `param` when the schema is broken, allows nothing,
 * or asks for more than the demo model can work out: it never answers with a value that does not validate.
 */
export function makeSchemaValue(schema: Fields, param: string, { salt, words }: SchemaValueOptions): unknown {
  try {
    for (const lean of [false, true]) {
      for (let attempt = 0; attempt < SALTS_PER_FORM; attempt += 1) {
        const value = createValueMaker(schema, { words, lean })(salt + attempt);
        if (value !== undefined && Check(schema, value)) return value;
      }
    }
  } catch (cause) {
    if (isAimoError(cause)) throw cause;
    // A broken pattern or a reference that only leads to itself makes the checker throw.
    throw invalidField(param, "a valid JSON Schema", schema, { cause });
  }
  throw invalidField(param, "a JSON Schema the demo model can make a value for (docs/demo-model.md)", schema);
}
