import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { isTestCode } from "./tidy/project-file.ts";
import type { ProjectFile } from "./tidy/project-file.ts";
import { readProject } from "./tidy/read-project.ts";

const ROOT = join(import.meta.dirname, "..");

const PROGRAMS_OF_NODE = /^packages\/escrow\/src\/(?:binary\.ts|deploy\/)/; // what puts the program on a chain

function sourcesOf(name: "protocol" | "escrow"): ProjectFile[] {
  return readProject(ROOT)
    .filter((file) => file.path.startsWith(`packages/${name}/src/`) && file.path.endsWith(".ts") && !isTestCode(file))
    .filter(({ path }) => !PROGRAMS_OF_NODE.test(path));
}

/** Type-checks `files` as a browser would see them: its globals, and nothing of Node's. Returns what tsc complains of. */
function checkForBrowser(t: TestContext, files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "browser-purity-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const compilerOptions = { lib: ["es2024", "dom", "dom.iterable", "esnext.disposable", "esnext.iterator"], types: [] };
  writeFileSync(
    join(folder, "tsconfig.json"),
    JSON.stringify({ extends: join(ROOT, "tsconfig.json"), compilerOptions, files, include: [] }),
  );
  const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.notEqual(status, null, "tsc did not end");
  return stdout;
}

for (const name of ["protocol", "escrow"] as const) {
  test(`${name} compiles with a browser's globals alone`, (t) => {
    const sources = sourcesOf(name);
    assert.ok(sources.length > 10, `no sources of ${name} were found`);
    const files = sources.map((file) => join(ROOT, file.path));
    assert.equal(checkForBrowser(t, files), "");
  });
}

test("the check sees Node's globals and modules", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "browser-purity-sample-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const broken = ["Buffer.from([1]);", "process.pid;", "setImmediate(() => {});", 'import "node:fs";', "__dirname;"];
  for (const [index, text] of broken.entries())
    writeFileSync(join(folder, `sample-${index}.ts`), `${text}\nexport {};\n`);
  const said = checkForBrowser(
    t,
    broken.map((_, index) => join(folder, `sample-${index}.ts`)),
  );
  for (const [index, text] of broken.entries()) assert.match(said, new RegExp(`sample-${index}\\.ts\\(1,`), text);
});

test("protocol depends only on what it declares", () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, "packages/protocol/package.json"), "utf8")) as {
    dependencies: Record<string, string>;
  };
  for (const file of sourcesOf("protocol")) {
    for (const { moduleRequest } of file.syntax.module.staticImports) {
      const name = moduleRequest.value
        .split("/")
        .slice(0, moduleRequest.value.startsWith("@") ? 2 : 1)
        .join("/");
      const isKnown = name === "." || name === ".." || Object.hasOwn(dependencies, name);
      assert.ok(isKnown, `${file.path} imports ${moduleRequest.value}`);
    }
  }
});
