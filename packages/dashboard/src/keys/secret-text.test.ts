// What of a key is shown without asking.
import assert from "node:assert/strict";
import { test } from "node:test";
import { exportText, maskedKey } from "./secret-text.ts";

test("of a key its kind is shown and nothing that is secret, however long it is", () => {
  const one = maskedKey("aimo-sk-u1-7Yh2kPqSecret");
  assert.match(one, /^aimo-sk-u1-•+$/);
  assert.equal(one, maskedKey(`aimo-sk-u1-${"A".repeat(400)}`));
  assert.match(maskedKey("something else"), /^•+$/);
});

test("what hid a key keeps nothing of it where any script of the page could find it", () => {
  maskedKey("aimo-sk-u1-7Yh2kPqSecret");
  const kept: unknown = Reflect.get(RegExp, "input");
  assert.ok(typeof kept === "string" && !kept.includes("Secret"));
});

test("the export line is the variable and the key", () => {
  assert.equal(exportText("AIMO_PROVIDER_KEY", "aimo-sk-v2-x"), "export AIMO_PROVIDER_KEY=aimo-sk-v2-x");
});
