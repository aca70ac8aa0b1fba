// No text makes the reading of a config file fail in another way than by faults.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ConfigFaults, formatFaults } from "./config-faults.ts";
import { parseProxyConfig } from "./proxy-config.ts";
import { GUIDE, GUIDE_ENVIRONMENT } from "./sample-config.ts";

/** Parses, and checks what must hold whether or not the text has faults. */
function check(toml: string): void {
  try {
    parseProxyConfig(toml, { fileName: "config.toml", env: GUIDE_ENVIRONMENT });
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error;
    assert.ok(error.faults.length > 0);
    const lineCount = toml.split("\n").length;
    let lastLine = 1;
    for (const { line, column, example } of error.faults) {
      assert.ok(line >= lastLine && line <= lineCount && column >= 1, `line ${line} of ${lineCount}`);
      assert.notEqual(example, "");
      lastLine = line;
    }
    const printed = formatFaults(error.faults, "config.toml");
    for (const secret of Object.values(GUIDE_ENVIRONMENT)) assert.ok(!printed.includes(secret ?? ""), printed);
    assert.equal(printed.split("\n").length, 2 * error.faults.length);
  }
}

const lines = GUIDE.split("\n");
const keys = [
  "router",
  "routers",
  "models",
  "pricing",
  "params",
  "headers",
  "timeouts",
  "name",
  "prompt",
  "url",
  "a",
  '""',
];
const key = fc.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 3 }).map((names) => names.join("."));
const value = fc.constantFrom(
  '"std::env::X"',
  "1",
  "-0.5",
  "true",
  "[]",
  "{}",
  "[{ a = 1 }]",
  "{ a.b = 1 }",
  "nan",
  "07:32:00",
);
const line = fc.oneof(
  key.map((name) => `[${name}]`),
  key.map((name) => `[[${name}]]`),
  fc.tuple(key, value).map(([name, text]) => `${name} = ${text}`),
  fc.constantFrom(...lines),
);

test("arbitrary text reads or is refused with faults", () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.string()), check), { numRuns: 500 });
});

test("arbitrary TOML of the file's own words reads or is refused with faults", () => {
  const file = fc.array(line, { maxLength: 25 }).map((each) => each.join("\n"));
  fc.assert(fc.property(file, check), { numRuns: 800 });
});

test("the guide's file with lines moved, doubled or taken away reads or is refused with faults", () => {
  const file = fc.array(fc.constantFrom(...lines), { maxLength: 60 }).map((each) => each.join("\n"));
  fc.assert(fc.property(file, check), { numRuns: 200 });
  fc.assert(
    fc.property(fc.nat(lines.length - 1), fc.nat(lines.length), line, (index, end, replacement) => {
      check(lines.with(index, replacement).join("\n"));
      check(lines.toSpliced(index, Math.max(0, end - index)).join("\n"));
      check(lines.toSpliced(end, 0, replacement).join("\n"));
    }),
    { numRuns: 200 },
  );
});

test("the guide's file with characters changed reads or is refused with faults", () => {
  const edits = fc.array(fc.tuple(fc.nat(GUIDE.length), fc.nat(8), fc.string({ unit: "binary", maxLength: 4 })), {
    minLength: 1,
    maxLength: 4,
  });
  fc.assert(
    fc.property(edits, (list) => {
      let toml = GUIDE;
      for (const [at, removed, inserted] of list) toml = toml.slice(0, at) + inserted + toml.slice(at + removed);
      check(toml);
    }),
    { numRuns: 500 },
  );
});
