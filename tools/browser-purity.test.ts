import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { isTestCode } from "./tidy/project-file.ts";
import { readProject } from "./tidy/read-project.ts";

const ROOT = join(import.meta.dirname, "..");

const sources = readProject(ROOT).filter(
  (file) => /^packages\/protocol\/src\/.*\.ts$/.test(file.path) && !isTestCode(file),
);

/** Type-checks `files` as a browser would see them: its globals, and nothing of Node's. Returns what tsc complains of. */
function checkForBrowser(t: TestContext, files: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), "protocol-purity-"));
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

test("protocol compiles with a browser's globals alone", (t) => {
  assert.ok(sources.length > 10, "no sources of protocol were found");
  assert.equal(
    checkForBrowser(
      t,
      sources.map((file) => join(ROOT, file.path)),
    ),
    "",
  );
});

test("the check sees Node's globals and modules", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "protocol-purity-sample-"));
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
  for (const file of sources) {
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
