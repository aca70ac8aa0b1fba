// Members of JSON that a router wrote, read by hand: a library for that takes longer to load than the router to answer.
import { isAimoError } from "./errors.ts";
import type { JsonObject } from "./json-object.ts";
import { isJsonObject } from "./json-object.ts";
import type { NanoUsdc } from "./money.ts";
import { parseNanoUsdc } from "./money.ts";

/** A member that is an object; empty where it is none. */
export function objectIn(value: unknown, name: string): JsonObject {
  const member = isJsonObject(value) ? value[name] : undefined;
  return isJsonObject(member) ? member : {};
}

/** A member that is a text. */
export function textIn(value: unknown, name: string): string | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  return typeof member === "string" ? member : undefined;
}

/** A member that is a whole number. */
export function countIn(value: unknown, name: string): number | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  return typeof member === "number" && Number.isSafeInteger(member) ? member : undefined;
}

/** A member that is a list; undefined where it is none. */
export function listIn(value: unknown, name: string): readonly unknown[] | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(member) ? member : undefined;
}

/** A member that was measured: a number, which arrives as the text it was written as where it has a fraction. */
export function measureIn(value: unknown, name: string): number | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  const measured = typeof member === "string" ? Number.parseFloat(member) : member;
  return typeof measured === "number" && Number.isFinite(measured) ? measured : undefined;
}

/** Members of a list that are texts. */
export function textsIn(value: unknown, name: string): readonly string[] {
  return (listIn(value, name) ?? []).filter((member) => typeof member === "string");
}

/** A member that is decimal USDC, written as a text or as a number; undefined for anything else. */
export function usdcIn(value: unknown, name: string): NanoUsdc | undefined {
  const member = isJsonObject(value) ? value[name] : undefined;
  if (typeof member !== "string" && typeof member !== "number") return undefined;
  try {
    return parseNanoUsdc(`${member}`);
  } catch (error) {
    if (isAimoError(error, "invalid_amount")) return undefined;
    throw error;
  }
}
