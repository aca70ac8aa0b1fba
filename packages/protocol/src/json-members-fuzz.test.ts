// Members of any JSON text, however it is spelt: found where every parser finds them, and replaced without a trace.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { exceededJsonBound } from "./json-bounds.ts";
import { jsonElements, jsonMembers, replaceMembers } from "./json-members.ts";
import { jsonObjectText } from "./test-bed/json-text.ts";

const object = jsonObjectText(["model", "id", "usage"]);

/** The members as a parser that keeps the last of a name sees them. */
function lastOf(text: string): Map<string, unknown> {
  const value = JSON.parse(text) as object;
  return new Map(Object.keys(value).map((key) => [key, Object.getOwnPropertyDescriptor(value, key)?.value as unknown]));
}

describe("any JSON object", () => {
  test("has its members where JSON.parse finds them", () => {
    fc.assert(
      fc.property(object, (text) => {
        const found = new Map(
          jsonMembers(text).map(({ key, valueStart, valueEnd }) => [
            key,
            JSON.parse(text.slice(valueStart, valueEnd)) as unknown,
          ]),
        );
        const expected = lastOf(text);
        assert.deepEqual([...found.keys()].toSorted(), [...expected.keys()].toSorted());
        for (const [key, value] of found) assert.deepEqual(value, expected.get(key));
      }),
      { numRuns: 1_000 },
    );
  });

  test("keeps the bytes of every member that is not replaced, and each replaced name once", () => {
    const changes = new Map([
      ["model", '"m"'],
      ["__proto__", undefined],
      ["usage", undefined],
    ]);
    fc.assert(
      fc.property(object, (text) => {
        const changed = replaceMembers(text, changes);
        const spans = (whole: string): string[] =>
          jsonMembers(whole)
            .filter(({ key }) => !changes.has(key))
            .map(({ start, valueEnd }) => whole.slice(start, valueEnd));
        assert.deepEqual(spans(changed), spans(text));
        const names = jsonMembers(changed).map(({ key }) => key);
        assert.equal(names.filter((name) => name === "model").length, 1);
        assert.equal(lastOf(changed).get("model"), "m");
        assert.ok(!names.includes("__proto__") && !names.includes("usage"));
      }),
      { numRuns: 1_000 },
    );
  });
});

// Each would take minutes if its work grew with the square of its bytes.
describe("the work grows with the bytes alone for", () => {
  const MANY = 300_000;
  test("one name three hundred thousand times", () => {
    const text = `{${'"a":1,'.repeat(MANY)}"b":2}`;
    assert.equal(jsonMembers(text).length, MANY + 1);
    assert.equal(replaceMembers(text, new Map([["a", "3"]])), '{"a":3,"b":2}');
  });
  test("three hundred thousand elements, each of them nested", () => {
    assert.equal(jsonElements(`[${'[{"a":["\\""]}],'.repeat(MANY)}0]`, 0).length, MANY + 1);
  });
  test("strings of nothing but backslashes and quotes", () => {
    const text = `{"a":"${"\\\\".repeat(1_000_000)}","b":"${'\\"'.repeat(1_000_000)}"}`;
    assert.deepEqual(
      jsonMembers(text).map(({ key }) => key),
      ["a", "b"],
    );
    assert.equal(exceededJsonBound(text, { levelsMax: 1, valuesMax: 2 }), undefined);
    assert.equal(exceededJsonBound(`"${"\\".repeat(3_000_000)}`, { levelsMax: 1, valuesMax: 1 }), undefined);
  });
});
