import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { HONEST } from "./conduct.ts";
import { TRAITS } from "./faults.ts";
import { MODEL_NAMES, readModelName } from "./model-name.ts";

test("demo alone has no fault", () => {
  assert.deepEqual(readModelName("demo"), HONEST);
  assert.deepEqual(readModelName("demo-reasoning"), { ...HONEST, reasoning: true });
});

test("traits add up, with their numbers, and a later one goes before an earlier one", () => {
  assert.deepEqual(readModelName("demo-reasoning.echo.crlf.pace-20ms.stall-after-0"), {
    ...HONEST,
    reasoning: true,
    text: "echo",
    crlf: true,
    paceMs: 20,
    interruption: { kind: "stall", afterTokens: 0 },
  });
  assert.deepEqual(readModelName("demo.fixed-3.fixed-5")?.text, { tokens: 5 });
});

test("a name that is not quite one is none", () => {
  const names = [
    "",
    "gpt-4o",
    "Demo",
    "demo.",
    "demo..echo",
    "demo.echo.",
    "demo.ECHO",
    "demo-echo",
    "echo",
    "xdemo.echo",
  ];
  const numbers = [
    "demo.fixed",
    "demo.fixed-",
    "demo.fixed--1",
    "demo.fixed-1.5",
    "demo.fixed-12345678",
    "demo.pace-20",
  ];
  const ranges = [
    "demo.status-399",
    "demo.status-600",
    "demo.html-199",
    "constructor",
    "demo.constructor",
    "__proto__",
  ];
  for (const name of [...names, ...numbers, ...ranges]) assert.equal(readModelName(name), undefined, name);
});

test("more traits than are read, or a name that is too long, is none", () => {
  assert.notEqual(readModelName(`demo${".crlf".repeat(8)}`), undefined);
  assert.equal(readModelName(`demo${".crlf".repeat(9)}`), undefined);
  assert.equal(readModelName(`demo.${"x".repeat(1_000_000)}`), undefined);
});

test("every listed name is one, and fits the names of offers on the wire", () => {
  assert.equal(new Set(MODEL_NAMES).size, TRAITS.length + 2);
  for (const name of MODEL_NAMES) {
    assert.notEqual(readModelName(name), undefined, name);
    assert.match(name, /^[A-Za-z0-9._-]{1,64}$/);
  }
});

test("the tester's page names every trait, and no other", () => {
  const page = readFileSync(new URL("../../../../docs/demo-model.md", import.meta.url), "utf8");
  const documented = [...page.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name]) => String(name));
  assert.deepEqual(documented.toSorted(), TRAITS.map(({ name }) => name).toSorted());
});
