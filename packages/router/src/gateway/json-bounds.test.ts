// Bodies at the edge of what may be parsed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isAimoError } from "@aimo-network/protocol/errors";
import { JSON_DEPTH_MAX, JSON_VALUES_MAX } from "../limits.ts";
import { checkJsonBounds } from "./json-bounds.ts";

const refused = (text: string, what: RegExp): void =>
  assert.throws(
    () => checkJsonBounds(text),
    (error) => isAimoError(error, "invalid_request") && what.test(error.message),
  );

test("the deepest nesting allowed passes and one level more is refused", () => {
  const nested = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
  checkJsonBounds(nested(JSON_DEPTH_MAX));
  refused(nested(JSON_DEPTH_MAX + 1), /levels/);
});

test("the most values allowed pass and one more is refused", () => {
  const list = (values: number): string => `[${Array.from({ length: values }, () => "1").join(",")}]`;
  checkJsonBounds(list(JSON_VALUES_MAX)); // the array itself counts as one, its commas as one less than its values
  refused(list(JSON_VALUES_MAX + 1), /values/);
});

test("what stands in strings does not count, escapes included", () => {
  checkJsonBounds(JSON.stringify({ text: `${"[".repeat(100_000)}\\"${",".repeat(JSON_VALUES_MAX)}` }));
});
