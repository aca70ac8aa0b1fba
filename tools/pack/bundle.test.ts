// What is refused in place of being published broken, on a repository of a few lines.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { bundlePackage } from "./bundle.ts";
import type { Bundle } from "./bundle.ts";
import type { PackedPackage } from "./packed-packages.ts";

const root = mkdtempSync(join(tmpdir(), "aimo-bundle-"));
after(() => rmSync(root, { recursive: true, force: true }));

const PACKAGE: PackedPackage = {
  name: "small",
  folder: "packages/small",
  entries: { main: "src/main.ts" },
  bundled: {},
  copied: {},
  built: {},
  placed: {},
  isQuick: false,
  beside: [],
};

/** Bundles a package of these files. */
async function bundleOf(files: Readonly<Record<string, string>>, more: Partial<PackedPackage> = {}): Promise<Bundle> {
  const place = mkdtempSync(join(root, "repository-"));
  for (const [path, text] of Object.entries(files)) {
    const file = join(place, PACKAGE.folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return await bundlePackage(place, { ...PACKAGE, ...more });
}

test("code that is for tests is no part of a program", async () => {
  for (const path of ["src/test-bed/bed.ts", "src/bed.test.ts", "src/__fixtures__/bed.ts"]) {
    const files = { "src/main.ts": `import "../${path}";`, [path]: "console.log(1);" };
    await assert.rejects(bundleOf(files), new RegExp(`small: packages/small/${path} is for tests`));
  }
});

test("a file that looks for something beside itself has to be known", async () => {
  for (const word of ["url", "dirname", "filename", 'resolve("x")']) {
    const files = { "src/main.ts": `console.log(import.meta.${word});` };
    await assert.rejects(bundleOf(files), /small: packages\/small\/src\/main.ts looks for something beside itself/);
    await bundleOf(files, { placed: { "src/main.ts": [] } });
  }
  await bundleOf({ "src/main.ts": "// never import.meta.url\nconsole.log(import.meta.main);" });
});

test("what is written differently in the bundle has to be there, once", async () => {
  const placed = { "src/main.ts": [["keeper.ts", "keeper.js"]] } as const;
  const files = (text: string): Record<string, string> => ({ "src/main.ts": `console.log(import.meta.url, ${text});` });
  const bundle = await bundleOf(files('"keeper.ts"'), { placed });
  assert.match(bundle.files.get("main.js") ?? "", /"keeper\.js"/);
  await assert.rejects(bundleOf(files('"other.ts"'), { placed }), /has to say keeper\.ts once/);
  await assert.rejects(bundleOf(files('"keeper.ts", "keeper.ts"'), { placed }), /has to say keeper\.ts once/);
});

test("an import of what is not exported is an error here, not at the user's", async () => {
  const files = {
    "src/main.ts": 'import { two } from "./one.ts"; console.log(two);',
    "src/one.ts": "export const one = 1;",
  };
  await assert.rejects(bundleOf(files), /two/);
});

test("what the bundler warns of is an error: eval, and a name that no module has", async () => {
  for (const code of ['eval("1");', "import * as none from './none.ts'; console.log(none.two);"]) {
    await assert.rejects(bundleOf({ "src/main.ts": code, "src/none.ts": "export const one = 1;" }), /small: \[/);
  }
});

test("a manifest is no more than name and version in the bundle", async () => {
  const files = {
    "package.json": '{"name":"small","version":"1.2.3","scripts":{"secret":"x"}}',
    "src/main.ts": 'import about from "../package.json" with { type: "json" }; console.log(about);',
  };
  const code = (await bundleOf(files)).files.get("main.js") ?? "";
  assert.match(code, /1\.2\.3/);
  assert.doesNotMatch(code, /secret/);
});
