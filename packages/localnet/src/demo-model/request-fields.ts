// Reading fields of a request body: a precise value, or an error that says what was expected and what was found.

import { AimoError } from "@aimo-network/protocol/errors";

/** A JSON object whose fields are not yet known. */
export type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is a JSON object (not an array, not null). */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// Names the kind of `value`, and its value only where it cannot be part of a prompt.
function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "string") return `a string of ${value.length} characters`;
  return "an object";
}

/** The error of a field that cannot be used; `param` is its path, as OpenAI writes it (`messages[0].role`). */
export function invalidField(
  param: string,
  expected: string,
  found: unknown,
  options?: ErrorOptions,
): AimoError<"invalid_request"> {
  return new AimoError("invalid_request", { param, expected, found: describeValue(found) }, options);
}

/** A whole number from `min` to `max`; undefined when absent or null. */
export function readInteger(fields: Fields, param: string, min: number, max: number): number | undefined {
  const value = fields[param];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) {
    throw invalidField(param, `a whole number from ${min} to ${max}`, value);
  }
  return value;
}

/** True or false; `fallback` when absent or null. */
export function readBoolean(fields: Fields, name: string, fallback: boolean, param = name): boolean {
  const value = fields[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value !== "boolean") throw invalidField(param, "true or false", value);
  return value;
}

/** A string that is not empty. */
export function readText(fields: Fields, name: string, param = name): string {
  const value = fields[name];
  if (typeof value !== "string" || value === "") throw invalidField(param, "a string that is not empty", value);
  return value;
}

/** A JSON object; undefined when absent or null. */
export function readFields(fields: Fields, name: string, param = name): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (!isFields(value)) throw invalidField(param, "an object", value);
  return value;
}

/** An array of at most `itemsMax`; empty when absent or null. */
export function readArray(fields: Fields, name: string, itemsMax: number, param = name): readonly unknown[] {
  const value = fields[name];
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value) || value.length > itemsMax) {
    throw invalidField(param, `an array of at most ${itemsMax}`, value);
  }
  return value;
}
