import assert from "node:assert/strict";
import { test } from "node:test";
import { projectFile } from "./project-file.ts";
import { findTimeAndChance } from "./time-and-chance.ts";

function advice(text: string, path = "packages/router/src/sample.ts"): string[] {
  return findTimeAndChance([projectFile(path, text)]).map((finding) => finding.advice);
}

const BROKEN = [
  "Date.now();",
  "new Date();",
  "Date();",
  "Math.random();",
  "performance.now();",
  "setTimeout(go, 1);",
  "setInterval(go, 1);",
  "globalThis.setTimeout(go, 1);",
  "AbortSignal.timeout(1);",
  "crypto.randomUUID();",
  "crypto.getRandomValues(bytes);",
  'import { setTimeout as wait } from "node:timers";',
  'import { setTimeout as wait } from "timers/promises";',
  'import { randomBytes } from "node:crypto";',
];

test("each way to read the time or draw lots is found", () => {
  for (const text of BROKEN) assert.equal(advice(text).length, 1, text);
});

test("the advice names what to take instead", () => {
  assert.deepEqual(advice("Date.now();"), ["Date.now: take a Clock (@aimo-network/protocol/clock)"]);
  assert.deepEqual(advice("Math.random();"), ["Math.random: take a Random (@aimo-network/protocol/random)"]);
});

test("what is passed in, text, and the two sources themselves are fine", () => {
  const fine = [
    "clock.now();",
    "clock.timer(1, go);",
    "new Date(clock.now());",
    '"Date.now()";',
    "// Math.random()",
    'import { createHash } from "node:crypto";',
  ];
  for (const text of fine) assert.deepEqual(advice(text), [], text);
  for (const name of ["clock", "random"])
    assert.deepEqual(advice(BROKEN.join("\n"), `packages/protocol/src/${name}.ts`), []);
});

test("a test may wait by timers/promises, and only so", () => {
  const path = "packages/router/src/sample.test.ts";
  assert.deepEqual(advice('import { setTimeout as wait } from "node:timers/promises";', path), []);
  assert.equal(advice("setTimeout(go, 1);", path).length, 1);
});
