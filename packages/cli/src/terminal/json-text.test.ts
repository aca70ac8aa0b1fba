import assert from "node:assert/strict";
import { test } from "node:test";
import { jsonText } from "./json-text.ts";

const HOSTILE = "a\u001B[2J\u0007b\u009B31m\r\nc\u202Ed\u2066e\u200Bf\u2028g\u0000";

test("JSON for programs steers nothing either, and says the same", () => {
  const text = jsonText({ hostile: HOSTILE, amount: 12n, list: [1n] });
  // oxlint-disable-next-line no-control-regex -- that there are none is what is tested
  assert.doesNotMatch(text, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u2028-\u202E\u2066-\u2069]/);
  assert.deepEqual(JSON.parse(text), { hostile: HOSTILE, amount: "12", list: ["1"] });
});
