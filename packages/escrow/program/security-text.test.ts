import assert from "node:assert/strict";
import { test } from "node:test";
import { readSecurityText, securityText } from "./security-text.ts";

const LINES =
  "# whom to tell\nname=A program\nproject_url=https://a.example\n\ncontacts=email:a@a.example\npolicy=Tell us = first.\n";

test("lines become fields that each end with a zero byte", () => {
  assert.equal(
    new TextDecoder().decode(securityText(LINES)),
    "=======BEGIN SECURITY.TXT V1=======\0name\0A program\0project_url\0https://a.example\0" +
      "contacts\0email:a@a.example\0policy\0Tell us = first.\0=======END SECURITY.TXT V1=======\0",
  );
});

test("the fields are found anywhere in a program", () => {
  const program = Buffer.concat([Buffer.from("\x7fELF"), securityText(LINES), Buffer.alloc(9)]);
  assert.deepEqual(
    [...readSecurityText(program)],
    [
      ["name", "A program"],
      ["project_url", "https://a.example"],
      ["contacts", "email:a@a.example"],
      ["policy", "Tell us = first."],
    ],
  );
  assert.equal(readSecurityText(Buffer.from("nothing")).size, 0);
});

test("what explorers would refuse is refused", () => {
  assert.throws(() => securityText(LINES.replace(/policy.*/, "")), /policy is missing/);
  assert.throws(() => securityText(`${LINES}phone=1`), /phone is no field/);
  assert.throws(() => securityText(`${LINES}name=Another`), /name is no field that explorers know, or is there twice/);
  assert.throws(() => securityText(`${LINES}auditors`), /Expected key=value, found: auditors/);
});
