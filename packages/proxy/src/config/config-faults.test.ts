// Faults print so that a person finds the line and knows what to write there.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigFaults, formatFaults, printable } from "./config-faults.ts";

const price = {
  line: 12,
  column: 10,
  path: "models[0].pricing.prompt",
  problem: "expected USDC per million tokens with at most 6 decimals, found -2.5",
  example: "prompt = 2.5",
};
const file = { line: 3, column: 1, path: "", problem: "expected TOML, found a fault", example: 'name = "gpt-4o"' };

test("a fault prints its file, line, key, problem and below them the example", () => {
  assert.equal(
    formatFaults([price, file], "config.toml"),
    [
      "config.toml:12  models[0].pricing.prompt  expected USDC per million tokens with at most 6 decimals, found -2.5",
      "                example: prompt = 2.5",
      "config.toml:3  expected TOML, found a fault",
      '               example: name = "gpt-4o"',
    ].join("\n"),
  );
});

test("the error holds its faults in the order of lines and columns and prints them as its message", () => {
  const left = { ...price, column: 2 };
  const error = new ConfigFaults([price, left, file], "c.toml");
  assert.deepEqual(error.faults, [file, left, price]);
  assert.equal(error.message, formatFaults([file, left, price], "c.toml"));
  assert.equal(error.name, "ConfigFaults");
});

test("text from the file is shortened and cannot steer a terminal", () => {
  assert.equal(printable(`a\u001b[31mb\u202ec\n`), "a\\u{1b}[31mb\\u{202e}c\\u{a}");
  assert.equal(printable("x".repeat(61)), `${"x".repeat(60)}…`);
  assert.equal(printable("x".repeat(60)), "x".repeat(60));
});

test("a key is not shown wherever it stands", () => {
  assert.equal(printable("my aimo-sk-v2-3Kd8abcdefghijk and sk-proj-abc_DEFGHI."), "my [a key] and [a key].");
  assert.equal(printable("sk-short, task-force-of-nine"), "sk-short, task-force-of-nine");
});
