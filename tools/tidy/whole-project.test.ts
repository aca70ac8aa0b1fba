import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { findStrayImports } from "./imports.ts";
import { findLockfileGaps } from "./lockfile.ts";
import { findMachineTraces } from "./machine-traces.ts";
import { findVersionDrift } from "./package-versions.ts";
import { projectFile } from "./project-file.ts";
import type { HouseRule } from "./project-file.ts";
import { readProject } from "./read-project.ts";
import { findUnfinishedWork } from "./unfinished-work.ts";

function count(rule: HouseRule, path: string, text: string): number {
  return rule([projectFile(path, text)]).length;
}

test("promises to finish something later are found in any text file", () => {
  for (const word of ["TO\u0044O", "FIX\u004dE", "XX\u0058"]) {
    assert.equal(count(findUnfinishedWork, "docs/a.md", `one\ntwo ${word}: mend this\n`), 1, word);
  }
  assert.equal(count(findUnfinishedWork, "docs/a.md", "what is left to do is an issue\n"), 0);
});

test("paths of a machine and addresses of registries are found in any text file", () => {
  const slash = "/";
  const broken = [
    `see ${slash}work/main`,
    `cd ${slash}root/project`,
    `"${slash}home/somebody/project"`,
    `  "resolve\u0064": "https://example.org/a.tgz",`,
    "registry =https://example.org",
    "//registry.\u006epmjs.org/a.tgz",
  ];
  for (const text of broken) assert.equal(count(findMachineTraces, "docs/a.md", text), 1, text);
  const fine = [
    "see tools/work/a",
    "https://example.org/work/a",
    '"resolved": "packages/proxy",',
    "the registry of models",
    "/workspace",
  ];
  for (const text of fine) assert.equal(count(findMachineTraces, "docs/a.md", text), 0, text);
});

test("imports that leave their package, or hide where they go, are found", () => {
  const router = "packages/router/src/gateway/sample.ts";
  const broken = [
    'import "../../../proxy/src/serve.ts";',
    'export * from "../../../../tools/check.ts";',
    'await import("../../../proxy/src/a.ts");',
    "await import(name);",
    'await import("./" + name);',
  ];
  for (const text of broken) assert.equal(count(findStrayImports, router, text), 1, text);
  const fine = ['import "../limits.ts";', 'import "aimo-proxy/serve";', 'await import("./sample.ts");'];
  for (const text of fine) assert.equal(count(findStrayImports, router, text), 0, text);
  assert.equal(count(findStrayImports, router, 'import "../test-bed/sample.ts";'), 1);
  assert.equal(count(findStrayImports, router.replace(".ts", ".test.ts"), 'import "../test-bed/sample.ts";'), 0);
  assert.equal(count(findStrayImports, "e2e/a.test.ts", 'import "../tools/neighbours.ts";'), 0);
  assert.equal(count(findStrayImports, "tools/a.ts", 'import "../packages/protocol/src/clock.ts";'), 0);
  assert.equal(count(findStrayImports, "tools/a.ts", 'import "../packages/router/src/router.ts";'), 1);
});

test("packages that differ in version, licence or dependencies are found", () => {
  const first = {
    name: "first",
    version: "1.0.0",
    license: "Apache-2.0",
    type: "module",
    dependencies: { ws: "8.0.0" },
  };
  const drift = (change: object): number => {
    const second = { ...first, name: "second", dependencies: { ws: "8.0.0", first: "1.0.0" }, ...change };
    const files = Object.entries({
      "package.json": { ...first, version: undefined },
      "packages/first/package.json": first,
      "packages/second/package.json": second,
    });
    return findVersionDrift(files.map(([path, manifest]) => projectFile(path, JSON.stringify(manifest)))).length;
  };
  assert.equal(drift({}), 0);
  assert.equal(drift({ version: "1.0.1" }), 1);
  assert.equal(drift({ license: "MIT" }), 1);
  assert.equal(drift({ type: "commonjs" }), 1);
  assert.equal(drift({ dependencies: { ws: "^8.0.0" } }), 2);
  assert.equal(drift({ devDependencies: { ws: "8.0.1" }, dependencies: {} }), 1);
  assert.equal(drift({ dependencies: { first: "0.9.0" } }), 1);
});

test("a lockfile that npm ci would refuse is found", () => {
  const gaps = (...held: string[]): number => {
    const packages = Object.fromEntries(held.map((place) => [place, {}]));
    const lint = { "node_modules/lint": { optionalDependencies: { "lint-linux": "1.0.0" } } };
    return count(findLockfileGaps, "package-lock.json", JSON.stringify({ packages: { ...lint, ...packages } }));
  };
  assert.equal(gaps(), 1);
  assert.equal(gaps("node_modules/lint-linux"), 0);
  assert.equal(gaps("node_modules/lint/node_modules/lint-linux"), 0);
  assert.equal(findLockfileGaps([]).length, 1);
});

test("the project is read without what .gitignore leaves out and what was generated", (t) => {
  const root = mkdtempSync(join(tmpdir(), "read-project-"));
  t.after(() => rmSync(root, { recursive: true }));
  for (const folder of [".git", "node_modules", "src", "src/generated", ".ci"]) mkdirSync(join(root, folder));
  writeFileSync(join(root, ".gitignore"), "node_modules/\n*.log\n");
  for (const path of [".git/HEAD", "node_modules/a.ts", "src/a.ts", "src/generated/a.ts", "src/a.log", ".ci/run"])
    writeFileSync(join(root, path), "text");
  writeFileSync(join(root, "src", "image.png"), Buffer.from([0, 1, 2]));
  assert.deepEqual(
    readProject(root)
      .map(({ path }) => path)
      .toSorted(),
    [".ci/run", ".gitignore", "src/a.ts"],
  );
});
