// Members are found where JSON.parse sees them, and replacing some leaves the bytes of the others alone.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { jsonElements, jsonMembers, replaceMembers } from "./json-members.ts";

describe("JSON members", () => {
  test("values stand where JSON.parse reads them, however the text is spaced", () => {
    const object = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(object, fc.constantFrom(0, 1, "\t", "\r\n  "), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const expected = JSON.parse(text) as Record<string, unknown>;
        const found = jsonMembers(text).map((member) => [
          member.key,
          JSON.parse(text.slice(member.valueStart, member.valueEnd)) as unknown,
        ]);
        assert.deepEqual(Object.fromEntries(found), expected);
        assert.equal(found.length, Object.keys(expected).length);
      }),
    );
  });

  test("elements stand where JSON.parse reads them", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.constantFrom(0, 2), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        const found = jsonElements(text, 0).map(({ start, end }) => JSON.parse(text.slice(start, end)) as unknown);
        assert.deepEqual(found, JSON.parse(text));
      }),
    );
  });

  test("a replaced member keeps every other byte", () => {
    const text = '{"id":"a" , "n": 1.0, "s":"\\u00e9\\"}", "model":null}';
    const changed = replaceMembers(
      text,
      new Map([
        ["model", '"m"'],
        ["id", undefined],
      ]),
    );
    assert.equal(changed, '{"model":"m","n": 1.0, "s":"\\u00e9\\"}"}');
  });

  test("every duplicate of a replaced member goes, also one whose key is written with escapes", () => {
    assert.equal(
      replaceMembers('{"usage":1,"\\u0075sage":2,"x":3,"usage":4}', new Map([["usage", "9"]])),
      '{"usage":9,"x":3}',
    );
  });

  test("an empty object gains members without a stray comma", () => {
    assert.equal(replaceMembers("{ }", new Map([["a", "1"]])), '{"a":1}');
    assert.equal(replaceMembers("{}", new Map()), "{}");
  });
});
