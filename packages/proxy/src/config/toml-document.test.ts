// TOML becomes a tree with positions, whichever way it is written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ConfigFaults } from "./config-faults.ts";
import type { TomlTable, TomlValue } from "./toml-document.ts";
import { parseToml } from "./toml-document.ts";

function plain(value: TomlValue): unknown {
  switch (value.kind) {
    case "table":
      return Object.fromEntries([...value.entries].map(([name, entry]) => [name, plain(entry.value)]));
    case "list":
      return value.items.map(plain);
    case "string":
      return value.text;
    case "boolean":
      return value.flag;
    default:
      return value.source;
  }
}

const read = (text: string): TomlTable => parseToml(text, "c.toml");

function faultOf(text: string): string {
  try {
    read(text);
  } catch (error) {
    assert.ok(error instanceof ConfigFaults);
    return error.message;
  }
  return assert.fail("no fault");
}

test("sections, inline tables and dotted keys make the same tree", () => {
  const tree = { a: { b: "1", c: [{ d: "x" }, { d: "y" }] } };
  assert.deepEqual(plain(read('[a]\nb = 1\n[[a.c]]\nd = "x"\n[[a.c]]\nd = "y"')), tree);
  assert.deepEqual(plain(read('a = { b = 1, c = [{ d = "x" }, { d = "y" }] }')), tree);
  assert.deepEqual(plain(read('a.b = 1\na.c = [{ d = "x" }, { d = "y" }]')), tree);
});

test("a section below a list belongs to the list's last table", () => {
  const text = "[[m]]\n[m.p]\nx = 1\n[[m]]\n[m.p]\nx = 2\n[[m.q]]\n[[m.q]]\ny = 3";
  assert.deepEqual(plain(read(text)), { m: [{ p: { x: "1" } }, { p: { x: "2" }, q: [{}, { y: "3" }] }] });
});

test("sections come in any order, and one without keys is there", () => {
  assert.deepEqual(plain(read("[a.b]\n[c]\n[a]\nd = 1")), { a: { b: {}, d: "1" }, c: {} });
});

test("numbers keep the digits they were written with", () => {
  const text =
    "a = 10.0\nb = 1_000.50\nc = 0.1000000000000000055511151231257827\nd = 1e-7\ne = +5\nf = -nan\ng = 9007199254740993";
  const numbers = { a: "10.0", b: "1000.50", c: "0.1000000000000000055511151231257827", d: "1e-7", e: "+5", f: "-nan" };
  assert.deepEqual(plain(read(text)), { ...numbers, g: "9007199254740993" });
  const big = read("g = 9007199254740993").entries.get("g")?.value;
  assert.equal(big?.kind === "integer" && big.integer, 9007199254740993n);
});

test("every value and key knows its line and column, also after Windows line ends and a byte order mark", () => {
  const root = read('\uFEFFa = 1\r\n  b   =  "x"\r\n[c]\r\nd = [\r\n 2\r\n]');
  const b = root.entries.get("b");
  assert.deepEqual(
    [b?.at, b?.value.at],
    [
      { line: 2, column: 3 },
      { line: 2, column: 10 },
    ],
  );
  const c = root.entries.get("c")?.value;
  assert.deepEqual(c?.at, { line: 3, column: 1 });
  const d = c?.kind === "table" ? c.entries.get("d")?.value : undefined;
  assert.deepEqual(d?.kind === "list" && d.items[0]?.at, { line: 5, column: 2 });
});

test("a key such as __proto__ is a key like any other", () => {
  assert.deepEqual([...read("__proto__ = 1\nconstructor = 2").entries.keys()], ["__proto__", "constructor"]);
});

test("what is not TOML is one fault with its line", () => {
  assert.match(faultOf("a = 1\nb = gpt-4o\n"), /^c\.toml:2  expected TOML, found a fault in column 5: /);
  assert.match(faultOf("[a]\nb = 1\n\nb = 2\n"), /^c\.toml:4  .*Defining a key multiple times/);
  assert.match(faultOf('a = "open\n'), /^c\.toml:1  .*/);
});

test("a text that would exhaust the parser is a fault", () => {
  const limit = 1024 * 1024;
  assert.match(faultOf("#".repeat(limit + 1)), /expected at most 1048576 characters, found 1048577/);
  assert.deepEqual(plain(read(`#${" ".repeat(limit - 1)}`)), {});
  assert.match(faultOf(`a = ${"[".repeat(50_000)}${"]".repeat(50_000)}`), /text the parser cannot follow/);
});

test("seventeen brackets in each other are a fault, sixteen are not", () => {
  const nested = (levels: number): string => `a = ${"[".repeat(levels)}${"]".repeat(levels)}`;
  assert.match(faultOf(`\n${nested(17)}`), /^c\.toml:2  expected at most 16 brackets in each other/);
  assert.equal(read(nested(16)).entries.size, 1);
});
