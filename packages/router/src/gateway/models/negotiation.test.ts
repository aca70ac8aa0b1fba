// Which form of an answer a client takes, and whether it has it: both as RFC 9110 says.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { chooseCoding, isKnown } from "./negotiation.ts";

describe("the coding of an answer", () => {
  for (const [header, coding] of [
    [undefined, "identity"],
    ["", "identity"],
    ["gzip", "gzip"],
    ["gzip, deflate, br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["GZIP;Q=1.0", "gzip"],
    ["x-gzip", "gzip"],
    ["br;q=0.5, gzip;q=0.8", "gzip"],
    ["br;q=0.8,gzip;q=0.8", "br"],
    ["br;q=0, gzip;q=0", "identity"],
    ["gzip;q=0.001", "gzip"],
    ["gzip;q=0.000", "identity"],
    ["identity, gzip;q=0.5", "identity"],
    ["identity;q=0.2, gzip;q=0.1", "identity"],
    ["identity;q=0, gzip;q=0.1", "gzip"],
    ["*", "br"],
    ["*;q=0.1, gzip", "gzip"],
    ["br;q=0, *", "gzip"],
    ["*;q=0", "identity"],
    ["identity;q=0", "identity"],
    ["deflate", "identity"],
    ["gzip;q=2", "identity"],
    ["gzip;q=0.12345", "identity"],
    ["gzip;level=1", "identity"],
    [" , ,gzip ; q=0.3", "gzip"],
  ] as const) {
    test(`for ${header === undefined ? "nobody's wish" : JSON.stringify(header)} is ${coding}`, () => {
      assert.equal(chooseCoding(header), coding);
    });
  }

  test("is found in no time in the longest header there can be", () => {
    assert.equal(chooseCoding(`${"a;q=0.5,".repeat(4_000)}gzip`), "gzip");
  });
});

describe("an answer is known to a client", () => {
  const tag = '"abc-gzip"';
  for (const [header, known] of [
    [undefined, false],
    ["", false],
    [tag, true],
    [`W/${tag}`, true],
    ["*", true],
    [" * ", true],
    [`"x", W/"y,z", ${tag}`, true],
    [`"x","abc-gzip"`, true],
    ['"abc"', false],
    ['"abc-br"', false],
    ["abc-gzip", false],
    ['"x, "abc-gzip', false],
  ] as const) {
    test(`that has ${header ?? "nothing"}: ${known}`, () => assert.equal(isKnown(header, tag), known));
  }
});
