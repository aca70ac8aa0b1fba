// A string that a schema's lengths, format and pattern allow.

import type { Fields } from "../request-fields.ts";
import { makePatternString } from "./pattern-string.ts";
import { asCount } from "./schema.ts";

const LENGTH_MAX = 100_000; // a greater minLength is refused rather than written

// Each makes a string of its format around a number; more digits make it longer where the format allows.
const FORMATS = new Map<string, (digits: string, salt: number) => string>([
  ["date-time", (_, salt) => `2026-01-02T03:04:${twoDigits(salt % 60)}Z`],
  ["iso-date-time", (_, salt) => `2026-01-02T03:04:${twoDigits(salt % 60)}Z`],
  ["date", (_, salt) => `2026-01-${twoDigits(1 + (salt % 28))}`],
  ["time", (_, salt) => `03:04:${twoDigits(salt % 60)}Z`],
  ["iso-time", (_, salt) => `03:04:${twoDigits(salt % 60)}Z`],
  ["duration", (digits) => `P${digits}D`],
  ["email", (digits) => `demo${digits}@example.com`],
  ["idn-email", (digits) => `demo${digits}@example.com`],
  ["hostname", (digits) => `demo${digits}.example.com`],
  ["idn-hostname", (digits) => `demo${digits}.example.com`],
  ["ipv4", (_, salt) => `192.0.2.${1 + (salt % 254)}`],
  ["ipv6", (_, salt) => `2001:db8::${(1 + (salt % 65_535)).toString(16)}`],
  ["uri", (digits) => `https://example.com/${digits}`],
  ["url", (digits) => `https://example.com/${digits}`],
  ["iri", (digits) => `https://example.com/${digits}`],
  ["uri-reference", (digits) => `/demo/${digits}`],
  ["iri-reference", (digits) => `/demo/${digits}`],
  ["uri-template", (digits) => `https://example.com/${digits}/{id}`],
  ["uuid", (_, salt) => `00000000-0000-4000-8000-${salt.toString(16).padStart(12, "0")}`],
  ["json-pointer", (digits) => `/demo/${digits}`],
  ["json-pointer-uri-fragment", (digits) => `#/demo/${digits}`],
  ["relative-json-pointer", (digits) => `0/demo/${digits}`],
  ["regex", (digits) => `^demo${digits}$`],
  ["byte", (_, salt) => Buffer.from(`demo ${salt}`).toString("base64")],
]);

function twoDigits(n: number): string {
  return String(n).padStart(2, "0");
}

function makeFormat(format: string, least: number, salt: number): string | undefined {
  const make = FORMATS.get(format);
  const digits = String(salt + 1);
  const short = make?.(digits, salt);
  if (make === undefined || short === undefined) return undefined;
  return make(digits.padStart(digits.length + Math.max(0, least - short.length), "0"), salt);
}

function makeWords(least: number, most: number, salt: number, words: readonly string[]): string {
  if (most === 0) return "";
  const base = words[salt % words.length] ?? "demo";
  const word = salt < words.length ? base : `${base} ${salt}`;
  if (Array.from(word).length <= most) return word.padEnd(least, " demo");
  // Too long: a number is the shortest text that still differs from its neighbours.
  return salt
    .toString(36)
    .slice(-most)
    .padStart(Math.min(most, Math.max(1, least)), "a");
}

/** A string that satisfies the schema's string keywords; `salt` chooses among `words` where any text will do. */
export function makeString(schema: Fields, salt: number, words: readonly string[]): string | undefined {
  const least = asCount(schema["minLength"]) ?? 0;
  const most = typeof schema["maxLength"] === "number" ? Math.floor(schema["maxLength"]) : Infinity;
  if (least > most || least > LENGTH_MAX) return undefined;
  const { pattern, format } = schema;
  const formatted = typeof format === "string" ? makeFormat(format, least, salt) : undefined;
  const likely = [...(formatted === undefined ? [] : [formatted]), makeWords(least, most, salt, words)];
  if (typeof pattern !== "string") return likely[0];
  const accepts = new RegExp(pattern, "u");
  return likely.find((text) => accepts.test(text)) ?? makePatternString(pattern, least, most, salt);
}
