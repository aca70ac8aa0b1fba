// The size of a JSON text's graph: both sides of each bound, and strings that look like brackets.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exceededJsonBound } from "./json-bounds.ts";

const BOUNDS = { levelsMax: 3, valuesMax: 5 };

for (const [text, exceeded] of [
  ["[[[]]]", undefined],
  ["[[[[]]]]", "levels"],
  ['{"a":{"b":{}}}', undefined],
  ['{"a":{"b":{"c":{}}}}', "levels"],
  ["[1,2,3,4,5]", undefined],
  ["[1,2,3,4,5,6]", "values"],
  ["[[],[],[]", "values"],
  ['"[[[[[[,,,,,,,"', undefined],
  ['["\\"[[[[",1]', undefined],
  ["not JSON", undefined],
] as const) {
  test(`${text} exceeds ${exceeded ?? "nothing"}`, () => {
    assert.equal(exceededJsonBound(text, BOUNDS), exceeded);
  });
}
