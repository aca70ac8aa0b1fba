// The key in an Authorization header.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readBearer } from "./read-bearer.ts";

describe("an Authorization header", () => {
  for (const [header, bearer] of [
    ["Bearer abc", "abc"],
    ["bearer abc", "abc"],
    ["BEARER   abc  ", "abc"],
    ["Bearer", undefined],
    ["Bearer ", undefined],
    ["Bearer a b", undefined],
    ["Basic abc", undefined],
    ["abc", undefined],
    ["", undefined],
    [undefined, undefined],
  ] as const) {
    test(`${JSON.stringify(header)} holds ${bearer ?? "no key"}`, () => assert.equal(readBearer(header), bearer));
  }
});
