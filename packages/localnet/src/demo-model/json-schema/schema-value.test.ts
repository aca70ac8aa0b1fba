import assert from "node:assert/strict";
import { suite, test } from "node:test";

import { isAimoError } from "@aimo-network/protocol/errors";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import fc from "fast-check";

import { makeSchemaValue } from "./schema-value.ts";

const WORDS = ["Paris", "demo"];
const SALTS = [0, 1, 2, 7];

// A judge that knows nothing of the maker.
const ajv = new Ajv2020({ strict: false, logger: false });
addFormats.default(ajv);

function validates(schema: object, value: unknown): boolean {
  return ajv.compile(schema)(value);
}

function makes(schema: Readonly<Record<string, unknown>>): void {
  for (const salt of SALTS) {
    const value = makeSchemaValue(schema, "schema", { salt, words: WORDS });
    assert.ok(validates(schema, value), `${JSON.stringify(value)} for ${JSON.stringify(schema)}`);
    assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
    assert.ok(JSON.stringify(value).length < 2000, "it is short");
  }
}

const text = { type: "string" };
const whole = { type: "integer" };

const SCHEMAS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "no keyword at all": {},
  "an object with required and optional properties": {
    type: "object",
    properties: { city: text, days: whole, note: text },
    required: ["city", "days"],
    additionalProperties: false,
  },
  "a required property that is not declared": { type: "object", required: ["a"], additionalProperties: whole },
  "nested objects and arrays": {
    type: "object",
    properties: {
      steps: {
        type: "array",
        minItems: 3,
        items: { type: "object", properties: { text, done: { type: "boolean" } }, required: ["text", "done"] },
      },
    },
    required: ["steps"],
  },
  "minItems, maxItems and uniqueItems": { type: "array", items: text, minItems: 4, maxItems: 4, uniqueItems: true },
  "an array that must be empty": { type: "array", items: text, maxItems: 0 },
  "unique items of an enum": { type: "array", items: { enum: ["a", "b", "c"] }, minItems: 3, uniqueItems: true },
  "unique one-character strings": { type: "array", items: { ...text, maxLength: 1 }, minItems: 5, uniqueItems: true },
  "a tuple": { type: "array", prefixItems: [text, whole], items: false, minItems: 2 },
  contains: { type: "array", items: whole, contains: { const: 9 }, minContains: 2, minItems: 3 },
  "contains among unique items": {
    ...{ type: "array", items: { ...whole, minimum: 9, maximum: 11 }, contains: { enum: [10, 11] } },
    ...{ uniqueItems: true, minItems: 3 },
  },
  "unique items that use up a range": {
    ...{ type: "array", items: { ...whole, minimum: 1, maximum: 4 }, uniqueItems: true, minItems: 4 },
  },
  "unique items of which one is left": {
    ...{ type: "array", prefixItems: Array.from({ length: 9 }, (_, index) => ({ const: index + 1 })) },
    ...{ items: { ...whole, minimum: 1, maximum: 10 }, uniqueItems: true, minItems: 10 },
  },
  "an enum of mixed types": { enum: ["red", 3, null, { a: 1 }] },
  "an enum narrowed by its type": { type: "integer", enum: ["red", 3] },
  "a const": { const: { kind: "demo", list: [1, null] } },
  "a const of null": { const: null },
  "a nullable string": { type: ["string", "null"] },
  minLength: { ...text, minLength: 30 },
  maxLength: { ...text, maxLength: 2 },
  "a string that must be empty": { ...text, maxLength: 0 },
  "minimum and maximum": { ...whole, minimum: 10, maximum: 11 },
  "exclusive bounds": { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
  "exclusive bounds of an integer": { ...whole, exclusiveMinimum: 3, exclusiveMaximum: 5 },
  "only a maximum": { ...whole, maximum: -7 },
  multipleOf: { ...whole, multipleOf: 7, minimum: 15 },
  "multipleOf below a maximum": { ...whole, multipleOf: 7, maximum: -15 },
  "a fractional multipleOf": { type: "number", multipleOf: 0.01, minimum: 0.05, maximum: 99 },
  anyOf: { anyOf: [{ type: "object", properties: { a: whole }, required: ["a"] }, { type: "null" }] },
  "anyOf with an impossible branch": { anyOf: [false, { type: "string", minLength: 3, maxLength: 2 }, whole] },
  "oneOf that excludes": {
    oneOf: [
      { type: "object", properties: { kind: { const: "a" } }, required: ["kind"], additionalProperties: false },
      { type: "object", properties: { kind: { const: "b" }, size: whole }, required: ["kind", "size"] },
    ],
  },
  "oneOf whose branches overlap": { oneOf: [{ type: "number" }, { type: "integer", minimum: 0 }] },
  allOf: {
    allOf: [
      { type: "object", properties: { a: { type: "number", minimum: 3 } }, required: ["a"] },
      { properties: { a: whole, b: text }, required: ["b"] },
    ],
  },
  "allOf of anyOf and anyOf": {
    anyOf: [{ required: ["a"] }, { required: ["b"] }],
    allOf: [{ anyOf: [{ required: ["c"] }, { required: ["d"] }] }],
    type: "object",
  },
  "if and then": {
    type: "object",
    properties: { kind: { const: "card" } },
    required: ["kind"],
    if: { properties: { kind: { const: "card" } } },
    then: { required: ["number"], properties: { number: { type: "string", pattern: "^[0-9]{16}$" } } },
    else: { required: ["iban"] },
  },
  "two conditions": {
    type: "object",
    allOf: [
      { if: { required: ["a"] }, then: { required: ["b"] } },
      { if: { required: ["b"] }, then: { required: ["c"] } },
    ],
    required: ["a"],
  },
  not: { type: "string", not: { const: "Paris" } },
  "$ref and $defs": {
    type: "object",
    properties: { from: { $ref: "#/$defs/place" }, to: { $ref: "#/$defs/place" } },
    required: ["from", "to"],
    $defs: { place: { type: "object", properties: { name: text }, required: ["name"] } },
  },
  "a $ref with a neighbour": { $ref: "#/$defs/count", minimum: 5, $defs: { count: whole } },
  "a $ref to a place with a slash and a percent sign": {
    $ref: "#/$defs/a~1b%25",
    $defs: { "a/b%": { const: "found" } },
  },
  "a recursive list": {
    type: "object",
    properties: { value: whole, next: { anyOf: [{ $ref: "#" }, { type: "null" }] } },
    required: ["value", "next"],
    additionalProperties: false,
  },
  "a recursive tree": {
    $ref: "#/$defs/node",
    $defs: {
      node: {
        type: "object",
        properties: { name: text, children: { type: "array", items: { $ref: "#/$defs/node" } } },
        required: ["name", "children"],
        additionalProperties: false,
      },
    },
  },
  "two ways of recursion": {
    $ref: "#/$defs/expression",
    $defs: {
      expression: { anyOf: [{ $ref: "#/$defs/sum" }, { $ref: "#/$defs/product" }, { type: "number" }] },
      sum: {
        type: "object",
        properties: { left: { $ref: "#/$defs/expression" }, right: { $ref: "#/$defs/expression" } },
        required: ["left", "right"],
      },
      product: {
        type: "object",
        properties: { factors: { type: "array", minItems: 2, items: { $ref: "#/$defs/expression" } } },
        required: ["factors"],
      },
    },
  },
  minProperties: { type: "object", minProperties: 3, additionalProperties: whole },
  maxProperties: { type: "object", properties: { a: text, b: text, c: text }, required: ["c"], maxProperties: 2 },
  "few properties, the last of them required": {
    type: "object",
    properties: { a: text, b: text, c: text },
    required: ["c"],
    additionalProperties: false,
    minProperties: 2,
    maxProperties: 2,
  },
  "a deep object that needs a property": [1, 2, 3, 4].reduce<Readonly<Record<string, unknown>>>(
    (items) => ({ type: "array", minItems: 1, items }),
    { type: "object", properties: { a: whole }, additionalProperties: false, minProperties: 1 },
  ),
  "bounds from both sides of allOf": { ...whole, minimum: 1, maximum: 99, allOf: [{ minimum: 50, maximum: 50 }] },
  "some of the declared properties": {
    type: "object",
    properties: { a: text, b: text, c: text },
    additionalProperties: false,
    minProperties: 2,
    maxProperties: 2,
  },
  patternProperties: {
    type: "object",
    patternProperties: { "^x-[a-z]{2}$": whole },
    additionalProperties: false,
    minProperties: 1,
  },
  propertyNames: { type: "object", propertyNames: { pattern: "^[A-Z]{3}$" }, minProperties: 2 },
  dependentRequired: { type: "object", properties: { a: text }, dependentRequired: { a: ["b"] } },
  "keywords without a type": { properties: { a: { minimum: 3 }, b: { minItems: 1 } }, required: ["a", "b"] },
};

suite("a value is made that an independent validator accepts", () => {
  for (const [name, schema] of Object.entries(SCHEMAS)) test(name, () => makes(schema));
});

suite("a string of a format is made", () => {
  const formats = [
    ...["date-time", "date", "time", "duration", "email", "hostname", "ipv4", "ipv6", "uri", "uri-reference"],
    ...["uuid", "json-pointer", "relative-json-pointer", "regex", "uri-template", "byte", "some-format-of-their-own"],
  ];
  for (const format of formats) test(format, () => makes({ type: "string", format }));
  test("with a pattern", () => makes({ type: "string", format: "email", pattern: "^.{5,40}$" }));
  test("longer than it usually is", () => makes({ type: "string", format: "email", minLength: 40 }));
});

suite("a string of a pattern is made", () => {
  const patterns = [
    ..."^[a-z]+$ ^\\d{3}-\\d{4}$ ^(foo|bar)baz?$ ^[^a-zA-Z]$ ^\\w+@\\w+\\.(com|org)$ ^#[0-9a-fA-F]{6}$ a{2,}b".split(
      " ",
    ),
    ..."^\\p{Lu}\\p{Ll}+$ ^[\\u0400-\\u04FF]{3}$ ^(?:[A-Z]{2}-)?[1-9]\\d*$ ^\\$[0-9]+(\\.[0-9]{2})?$ ^.{5}$ x".split(
      " ",
    ),
    ..."^(?<year>\\d{4})-(?<month>0[1-9]|1[0-2])$ ^[\\w.+-]{1,8}$ ^\\u{1F600}$ ^[[\\]]$ ^\\S+\\s\\S+$ ^$".split(" "),
    ..."^(?!demo)[a-z]+$ ^(a|b)(c|d){2,3}?$ ^\\x41\\t$ \\bword\\b ^((ab)*|c)$".split(" "),
  ];
  for (const pattern of patterns) test(pattern, () => makes({ type: "string", pattern }));
  test("of a length that only repetition reaches", () => {
    makes({ type: "string", pattern: "^[a-z]+-[0-9]+$", minLength: 8, maxLength: 8 });
    makes({ type: "string", pattern: "^(-[a-z]{2})*$", minLength: 9, maxLength: 9 });
    makes({ type: "string", pattern: "^a", minLength: 12, maxLength: 12 });
  });
});

suite("a schema without a value the maker can find is refused, never answered wrongly", () => {
  const refused: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    "a contradiction": { type: "string", minLength: 3, maxLength: 2 },
    "bounds with nothing between": { type: "integer", exclusiveMinimum: 1, exclusiveMaximum: 2 },
    "two types at once": { type: "string", allOf: [{ type: "integer" }] },
    "not anything": { not: {} },
    "recursion without an end": { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] },
    "branches without an end": {
      ...{ type: "object", required: ["next"], properties: { next: { anyOf: [{ $ref: "#" }, { $ref: "#" }] } } },
    },
    "a reference to itself": { $ref: "#" },
    "a reference to nothing": { $ref: "#/$defs/missing" },
    "a reference to another document": { $ref: "https://example.com/schema.json" },
    "a broken pattern": { type: "string", pattern: "[" },
    "a pattern that contradicts its own look-aheads": { type: "string", pattern: "^(?=.*[A-Z])(?=.*\\d)[!]$" },
    "a type that is none": { type: "text" },
    "more items than are written": { type: "array", items: { type: "string" }, minItems: 100_000 },
    "more characters than are written": { type: "string", minLength: 10_000_000 },
    "more unique items than there are values": {
      type: "array",
      items: { type: "boolean" },
      minItems: 3,
      uniqueItems: true,
    },
  };
  for (const [name, schema] of Object.entries(refused)) {
    test(name, () => {
      assert.throws(
        () => makeSchemaValue(schema, "tools[0].function.parameters", { salt: 0, words: WORDS }),
        (error) => isAimoError(error, "invalid_request") && error.context.param === "tools[0].function.parameters",
      );
    });
  }
});

test("a pattern of nested repetitions is refused before it costs much", { timeout: 60_000 }, () => {
  const pattern = "^(((a{999}){999}){999}|((){999}){999}){999}$";
  assert.throws(() => makeSchemaValue({ type: "string", pattern, maxLength: 10 }, "schema", { salt: 0, words: WORDS }));
});

test("the same schema and salt make the same value, and free strings come from the words", () => {
  const schema = { type: "object", properties: { city: text }, required: ["city"] };
  assert.deepEqual(makeSchemaValue(schema, "schema", { salt: 0, words: WORDS }), { city: "Paris" });
  assert.deepEqual(makeSchemaValue(schema, "schema", { salt: 1, words: WORDS }), { city: "demo" });
});

test("recursion goes a few levels and then takes the way out", () => {
  const schema = SCHEMAS["two ways of recursion"]!;
  const value = makeSchemaValue(schema, "schema", { salt: 0, words: WORDS });
  assert.deepEqual(value, {
    left: { left: { left: 1.5, right: 2.5 }, right: { factors: [2.5, 3.5] } },
    right: { factors: [2.5, 3.5] },
  });
});

test("a property called __proto__ is made like any other", () => {
  const schema = JSON.parse('{"properties":{"__proto__":{"const":7}},"required":["__proto__"]}') as {
    properties: object;
  };
  const value = makeSchemaValue({ type: "object", ...schema }, "schema", { salt: 0, words: WORDS });
  assert.equal(JSON.stringify(value), '{"__proto__":7}');
});

const { schema: anySchema } = fc.letrec<{ schema: Readonly<Record<string, unknown>> }>((tie) => {
  const bounds = fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(20));
  const counts = fc.tuple(fc.nat(3), fc.nat(3));
  const name = fc.constantFrom("a", "b", "c", "d");
  const object = fc.record({
    type: fc.constant("object"),
    properties: fc.dictionary(name, tie("schema"), { maxKeys: 3 }),
    required: fc.uniqueArray(name, { maxLength: 3 }),
  });
  const array = fc.record({ items: tie("schema"), counts }).map(({ items, counts: [least, more] }) => ({
    type: "array",
    items,
    minItems: least,
    maxItems: least + more,
  }));
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.constantFrom({ type: "string" }, { type: "boolean" }, { type: "null" }, { $ref: "#/$defs/leaf" }, {}),
      bounds.map(([low, span]) => ({ type: "integer", minimum: low, maximum: low + span })),
      bounds.map(([low, span]) => ({ type: "number", exclusiveMinimum: low, exclusiveMaximum: low + span + 1 })),
      counts.map(([least, more]) => ({ type: "string", minLength: least, maxLength: least + more })),
      fc.uniqueArray(fc.jsonValue({ maxDepth: 1 }), { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
      object,
      array,
      fc.array(tie("schema"), { minLength: 1, maxLength: 3 }).map((anyOf) => ({ anyOf })),
    ),
  };
});

test("any schema of common keywords gets a value that validates", () => {
  fc.assert(
    fc.property(anySchema, fc.nat(9), (inner, salt) => {
      const schema = { ...inner, $defs: { leaf: { enum: ["leaf"] } } };
      assert.ok(validates(schema, makeSchemaValue(schema, "schema", { salt, words: WORDS })));
    }),
    { numRuns: 300 },
  );
});
